"""Invented answers to recalls in the form of camt.029.001.09: no bank sent them."""

from __future__ import annotations

SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"


def resolution(
    *details: str, confirmation: str = "", case: str = "", message: str = "RESOLVED-1",
    made: str = "2026-11-03T09:00:00+01:00", related: str = "",
) -> str:  # fmt: skip
    """A message. `confirmation`: the outcome of the whole. `related`: what it tells of the return."""
    parties = "<Assgnr><Agt><FinInstnId><BICFI>MOCKNL2A</BICFI></FinInstnId></Agt></Assgnr>"
    customer = "<Assgne><Pty><Nm>Internet Society</Nm></Pty></Assgne>"
    assignment = f"<Assgnmt><Id>{message}</Id>{parties}{customer}<CreDtTm>{made}</CreDtTm></Assgnmt>"
    creator = "<Cretr><Pty><Nm>Internet Society</Nm></Pty></Cretr>"
    resolved = f"<RslvdCase><Id>{case}</Id>{creator}</RslvdCase>" if case else ""
    status = (
        f"<Sts><Conf>{confirmation}</Conf></Sts>"
        if confirmation
        else "<Sts><AssgnmtCxlConf>true</AssgnmtCxlConf></Sts>"
    )
    cancelled = f"<CxlDtls>{''.join(details)}</CxlDtls>" if details else ""
    body = f"{assignment}{resolved}{status}{cancelled}{related}"
    return f'<Document xmlns="{SPACE}"><RsltnOfInvstgtn>{body}</RsltnOfInvstgtn></Document>'


def payment(
    end_to_end: str = "", status: str = "", *reasons: str, original: str = "OURS-1", uetr: str = "", more: str = "",
    account: str = "",
) -> str:  # fmt: skip
    """A payment of a batch, with the outcome of its recall. `more`: what comes after its reasons."""
    named = f"<OrgnlEndToEndId>{end_to_end}</OrgnlEndToEndId>" if end_to_end else ""
    carried = f"<OrgnlUETR>{uetr}</OrgnlUETR>" if uetr else ""
    said = f"<TxCxlSts>{status}</TxCxlSts>" if status else ""
    why = "".join(f"<CxlStsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></CxlStsRsnInf>" for reason in reasons)
    paid = f"<OrgnlTxRef><DbtrAcct><Id><IBAN>{account}</IBAN></Id></DbtrAcct></OrgnlTxRef>" if account else ""
    group = f"<OrgnlGrpInf><OrgnlMsgId>{original}</OrgnlMsgId></OrgnlGrpInf>"
    body = f"<TxInfAndSts>{named}{carried}{said}{why}{more}{paid}</TxInfAndSts>"
    return f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{original}</OrgnlPmtInfId>{group}{body}</OrgnlPmtInfAndSts>"


def coming(amount: str, currency: str = "USD") -> str:
    """What the bank tells of the return."""
    return f'<RsltnRltdInf><IntrBkSttlmAmt Ccy="{currency}">{amount}</IntrBkSttlmAmt></RsltnRltdInf>'
