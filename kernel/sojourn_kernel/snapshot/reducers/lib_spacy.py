"""spaCy: tokens, spans and words are views of their document or vocabulary, which are kept."""

from __future__ import annotations

import contextlib
import copyreg
import operator
from typing import Any

from . import reducer


@reducer("spacy.tokens.token:Token")
def token(value: Any) -> Any:
    return operator.getitem, (value.doc, value.i)


@reducer("spacy.tokens.span:Span")
def span(value: Any) -> Any:
    marks = {"label": value.label_, "kb_id": value.kb_id_, "span_id": value.id_}
    return span_of, (type(value), value.doc, value.start, value.end, marks)


def span_of(cls: Any, doc: Any, start: int, end: int, marks: dict[str, str]) -> Any:
    return cls(doc, start, end, **marks)


@reducer("spacy.lexeme:Lexeme")
def lexeme(value: Any) -> Any:
    return operator.getitem, (value.vocab, value.text)


@reducer("spacy.tokens.span_group:SpanGroup")
def span_group(value: Any) -> Any:
    return group_of, (value.doc, value.name, dict(value.attrs), list(value))


def group_of(doc: Any, name: str, attrs: dict[str, Any], spans: list[Any]) -> Any:
    """The document's own group where it has one under the name with the same spans."""
    from spacy.tokens import SpanGroup

    made = SpanGroup(doc, name=name, attrs=attrs, spans=spans)
    own = doc.spans.get(name)
    return own if own is not None and own.to_bytes() == made.to_bytes() else made


# Making a pipeline makes spaCy fill its registers, once: what comes back without that would find none of its factories


@reducer("spacy.language:Language")
def language(value: Any) -> Any:
    reduced: tuple[Any, ...] = value.__reduce_ex__(5)
    if reduced[0] is not copyreg.__newobj__ or len(reduced[1]) != 1:  # type: ignore[attr-defined]
        return NotImplemented
    return new_language, *reduced[1:]


def new_language(cls: Any) -> Any:
    with contextlib.suppress(ImportError):  # before spaCy 3.8 they were filled as it was imported
        from spacy import registrations
        from spacy.pipeline.factories import register_factories

        registrations.populate_registry()
        register_factories()
    return cls.__new__(cls)


# A vocabulary is pickled without its words: their marks come from its rules again, but for those that cells set


@reducer("spacy.vocab:Vocab")
def vocabulary(value: Any) -> Any:
    table = copyreg.dispatch_table.get(type(value))
    reduced: Any = table(value) if table is not None else value.__reduce_ex__(5)
    made, arguments = reduced[:2]
    return made, arguments, {one.orth: one.flags for one in value}, None, None, fill_vocabulary


def fill_vocabulary(made: Any, flags: dict[int, int]) -> None:
    for word, marks in flags.items():
        made[word].flags = marks
