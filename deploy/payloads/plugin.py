"""One plugin for clients, workers and replayers: what they send to Temporal is pydantic's JSON, encrypted."""

from __future__ import annotations

from typing import Final

from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
)
from temporalio.plugin import SimplePlugin

from deploy.payloads.codec import EncryptedPayloads
from deploy.payloads.keys import PayloadKeys

_JSON: Final = PydanticJSONPlainPayloadConverter()
"""Pydantic's JSON, by one converter for the process: it makes the reader of a type once, not for each workflow.

That of all commands of staff takes some milliseconds to make.
"""


class PydanticPayloads(CompositePayloadConverter):
    """Payloads as pydantic's JSON, and bytes, messages of protobuf and None as the SDK has them."""

    def __init__(self) -> None:
        """Take the SDK's converters, and pydantic's for JSON."""
        usual = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(
            *(_JSON if isinstance(converter, JSONPlainPayloadConverter) else converter for converter in usual)
        )


def converter(keys: PayloadKeys) -> DataConverter:
    """Return the data converter: payloads are encrypted, and so are the messages and traces of failures."""
    return DataConverter(
        payload_converter_class=PydanticPayloads,
        payload_codec=EncryptedPayloads(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def accord_plugin(keys: PayloadKeys) -> SimplePlugin:
    """Return the plugin that clients, their workers, and replayers are made with."""
    return SimplePlugin("accord", data_converter=converter(keys))
