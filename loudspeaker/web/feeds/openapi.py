"""What other programs may ask for, as an OpenAPI 3.1 document, made from the types of the rows that they are sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin, get_type_hints, is_typeddict

from starlette.responses import Response

from ...errors import Message
from ...json_output import Json
from ..pages import PageRequest

PLAIN: Mapping[object, str] = {str: "string", Message: "string", bool: "boolean", int: "integer", float: "number"}
REFUSALS: Mapping[int, str] = {
    401: "No token, or one that has ended",
    403: "A token that opens something else",
    404: "There is no such village or airing",
    422: "A parameter cannot be used as written",
    429: "Too many requests: wait as long as Retry-After says",
    503: "The station cannot be read just now",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of the API: what it is, its parameters (name -> kind, what it means), and the type of its answer."""

    summary: str
    parameters: Mapping[str, tuple[object, str]]
    answer: object
    handler: Callable[[PageRequest], Response]


def make_document(title: str, version: str, endpoints: Mapping[str, Endpoint]) -> Json:
    """The document; `endpoints` by their routes, such as "GET /api/v1/plan"."""
    schemas: dict[str, Json] = {}
    error = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
    paths = {_address(route): {"get": _operation(route, endpoint, schemas)} for route, endpoint in endpoints.items()}
    bearer = {"type": "http", "scheme": "bearer", "description": "A token (ls_…) of the page “Other programs”"}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": "Reading only: nothing here changes the station."},
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": {**schemas, "Error": error}, "securitySchemes": {"token": bearer}},
    }


def _address(route: str) -> str:
    return route.partition(" ")[2].replace(":path", "")


def _operation(route: str, endpoint: Endpoint, schemas: dict[str, Json]) -> Json:
    address = _address(route)
    refusals = {
        str(status): _answer(words, {"$ref": "#/components/schemas/Error"}) for status, words in REFUSALS.items()
    }
    return {
        "operationId": address.split("/")[3],
        "summary": endpoint.summary,
        "parameters": [
            {
                "name": name,
                "in": "path" if f"{{{name}}}" in address else "query",
                "required": f"{{{name}}}" in address,
                "description": words,
                "schema": schema_of(kind, schemas),
            }
            for name, (kind, words) in endpoint.parameters.items()
        ],
        "responses": {"200": _answer(endpoint.summary, schema_of(endpoint.answer, schemas)), **refusals},
    }


def _answer(words: str, schema: Json) -> Json:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def schema_of(kind: object, schemas: dict[str, Json]) -> Json:
    """The JSON Schema of a type; objects stand in `schemas` by their names and are referred to.

    Raises `TypeError` for a type that no row has.
    """
    if isinstance(kind, type) and is_typeddict(kind):
        return _reference(kind, schemas)
    if kind in PLAIN:
        return {"type": PLAIN[kind]}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"type": "string", "enum": [str(member) for member in kind]}
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return {**schema_of(arguments[0], schemas), "format": arguments[1]}
    if origin is list:
        return {"type": "array", "items": schema_of(arguments[0], schemas)}
    if origin in (Union, UnionType):
        return _union(arguments, schemas)
    raise TypeError(f"no schema for {kind!r}")


def _union(members: Sequence[object], schemas: dict[str, Json]) -> Json:
    return {"anyOf": [{"type": "null"} if member is NoneType else schema_of(member, schemas) for member in members]}


def _reference(row: type, schemas: dict[str, Json]) -> Json:
    if row.__name__ not in schemas:
        schemas[row.__name__] = {}  # a row may hold itself
        hints = get_type_hints(row, include_extras=True)
        schemas[row.__name__] = {
            "type": "object",
            "description": (row.__doc__ or "").strip(),
            "properties": {name: schema_of(kind, schemas) for name, kind in hints.items()},
            "required": list(hints),
            "additionalProperties": False,
        }
    return {"$ref": f"#/components/schemas/{row.__name__}"}
