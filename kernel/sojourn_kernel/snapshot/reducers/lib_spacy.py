"""spaCy: tokens, spans and words are views of their document or vocabulary, which are kept."""

from __future__ import annotations

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
