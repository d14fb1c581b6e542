"""The place of a seal in a letter: an unseen field that a reader's software finds, tagged as PDF/UA asks.

What makes signatures treats a PDF/A like any PDF: it would write metadata of its own and leave the field untagged.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, NumberObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

FIELD: Final = "AccordSeal"
_PAGE: Final = 0


class _SealWriter(IncrementalPdfFileWriter):
    """A writer that leaves the letter's metadata as they are, since those say that it is PDF/A."""

    def _update_meta(self) -> None:
        return


def with_field(pdf: bytes, spoken_name: str) -> IncrementalPdfFileWriter:
    """Return a letter to write on, with an empty field for the seal. `spoken_name`: what a screen reader says of it."""
    writer = _SealWriter(BytesIO(pdf if pdf.endswith(b"\n") else pdf + b"\n"))
    append_signature_field(writer, SigFieldSpec(FIELD, on_page=_PAGE, readable_field_name=spoken_name))
    field = writer.root["/AcroForm"]["/Fields"].raw_get(0)
    page = writer.find_page_for_modification(_PAGE)[0]  # type: ignore[no-untyped-call]
    _tag(writer, field, page)
    return writer


def _tag(writer: IncrementalPdfFileWriter, field: IndirectObject, page: IndirectObject) -> None:
    """Enter the field in the structure of the letter (ISO 14289-1, 7.18.4)."""
    tree = writer.root["/StructTreeRoot"]
    document, number = tree["/K"].raw_get(0), tree["/ParentTreeNextKey"]
    widget = DictionaryObject({pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): field, pdf_name("/Pg"): page})
    form: dict[NameObject, object] = {
        pdf_name("/Type"): pdf_name("/StructElem"),
        pdf_name("/S"): pdf_name("/Form"),
        pdf_name("/P"): document,
        pdf_name("/Pg"): page,
        pdf_name("/K"): ArrayObject([widget]),
    }
    element = writer.add_object(DictionaryObject(form))
    document.get_object()["/K"].append(element)
    field.get_object()[pdf_name("/StructParent")] = NumberObject(number)
    tree["/ParentTree"]["/Nums"].extend([NumberObject(number), element])
    tree[pdf_name("/ParentTreeNextKey")] = NumberObject(int(number) + 1)
    for changed in (document.get_object(), field.get_object(), tree["/ParentTree"], tree):
        writer.update_container(changed)
