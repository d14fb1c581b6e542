"""Faults of the network, in words with a remedy: which are worth another attempt, and which are not."""

from __future__ import annotations

import ssl

import httpx

from registers.loading.download.request import FetchFailed, FileRequest, in_a_line


def network_fault(request: FileRequest, fault: Exception) -> FetchFailed:
    """Return a fault of the network as that of a download. A certificate that is not trusted comes first."""
    reason, limits = in_a_line(fault), request.limits
    if (certificate := _certificate_fault(fault)) is not None:
        remedy = "if a proxy stands between, set SSL_CERT_FILE to its authority, else ask the publisher"
        return request.failed(f"shows a certificate that is not trusted ({certificate}); {remedy}")
    match fault:
        case httpx.ProxyError():
            return request.failed(f"is not let through by the proxy ({reason}); see HTTPS_PROXY in the environment")
        case httpx.LocalProtocolError():
            return request.failed(f"cannot be asked for ({reason}); see that the address is that of the file")
        case httpx.ConnectTimeout():
            return request.passing(f"did not answer in {limits.connect_seconds:g} seconds")
        case httpx.TimeoutException():
            return request.passing(f"sent nothing for {limits.silent_seconds:g} seconds")
        case httpx.ConnectError():
            return request.passing(f"cannot be reached ({reason})")
        case _:
            return request.passing(f"was cut off ({reason})")


def _certificate_fault(fault: BaseException | None) -> str | None:
    while fault is not None:
        if isinstance(fault, ssl.SSLCertVerificationError):
            return fault.verify_message
        fault = fault.__cause__ or fault.__context__
    return None
