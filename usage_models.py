"""LLM usage objects as frozen dataclasses that distinguish missing from null.

A usage object is the part of an LLM API's JSON response that counts the tokens of the
prompt and the completion.

    >>> usage = Usage.from_dict({"prompt_tokens": 7, "total_tokens": None, "cost": 0.5})
    >>> usage.prompt_tokens, usage.total_tokens, usage.completion_tokens
    (7, None, UNSET)
    >>> usage.additional_properties
    {'cost': 0.5}
    >>> usage.to_dict()
    {'prompt_tokens': 7, 'total_tokens': None, 'cost': 0.5}

The fields are those of `usage` in the 200 response of Orq's
`POST /v2/proxy/completions`, as of orq-ai-sdk 3.11.7 (August 2025). Orq's schema makes
every field optional, but doesn't allow null for the three top-level counts. This module
allows it, because some APIs send null counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from math import isfinite
from typing import Any, Final, Literal, TypeAlias, TypeVar, final, get_args

__all__ = [
    "UNSET",
    "CompletionTokensDetails",
    "OptionalNullable",
    "PostV2ProxyCompletionsCompletionTokensDetails",
    "PostV2ProxyCompletionsPromptTokensDetails",
    "PostV2ProxyCompletionsUsage",
    "PromptTokensDetails",
    "Unset",
    "Usage",
    "UsageValidationError",
]

__version__ = "2.0.0"


class Unset(Enum):
    """The type of `UNSET`. It is an enum so that type checkers narrow on `is UNSET`."""

    UNSET = "UNSET"  # Some encoders write this value. It can't be taken for a count.

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    __str__ = __repr__


UNSET: Final = Unset.UNSET
"""The value of a missing field. A null field is `None`. Both are falsy.

In a `case`, write `Unset.UNSET`, because a bare name matches everything.
"""

_T = TypeVar("_T")
OptionalNullable: TypeAlias = _T | Unset | None
"""The type of a field that may be missing or null, as in `OptionalNullable[int]`."""


class UsageValidationError(ValueError):
    """Raised for the first invalid value of a usage object.

    `message` says what was expected and what was found. `path` says where, for example
    "prompt_tokens_details.cached_tokens". It is "" for the object itself.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


# `from_dict` moves the fields from a copy of the JSON object into a new instance, and
# checks them on the way. The remaining keys become the additional properties. If none
# remain, a new dict replaces the copy, because popping items doesn't shrink a dict.
#
# The constructor calls `from_dict`, which therefore uses `object.__new__`. The reverse
# is more usual, but would make a round trip take at least 1.4 times as long.

_set: Final = object.__setattr__  # sets a field of a frozen instance


class _Validated:
    """Makes the constructor, `copy`, `pickle` and pydantic use `from_dict`."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        # `to_dict` and `copy` would silently lose a field that a subclass adds.
        if cls.__base__ is not _Validated:
            raise TypeError(f"{cls.__base__} is final and can't be subclassed")

    def __post_init__(self: Any) -> None:
        # Replaces the constructor's arguments with the values that `from_dict` reads.
        data = {name: getattr(self, name) for name in self.__slots__}
        path = "additional_properties"
        additional = _as_properties(_as_dict(data.pop(path), path), path)
        for key in additional:
            if key in data:
                raise _invalid(key, path, "keys that aren't fields")
        valid = self.from_dict(data | additional)
        for name in self.__slots__:
            _set(self, name, getattr(valid, name))

    def __reduce__(self: Any) -> tuple[Any, ...]:
        return _restore, (type(self), self.to_dict())

    @classmethod
    def __get_pydantic_core_schema__(cls, *args: object) -> dict[str, Any]:
        return _core_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, *args: object) -> dict[str, Any]:
        return _json_schema(cls)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTokensDetails(_Validated):
    """Tokens of the prompt, counted by kind. A token may be of several kinds."""

    cached_tokens: OptionalNullable[int] = UNSET
    """Tokens read from a cache."""
    audio_tokens: OptionalNullable[int] = UNSET
    """Tokens of audio input."""
    additional_properties: Mapping[str, Any] = field(
        default_factory=dict[str, Any], hash=False
    )
    """All other keys of the object. Their values are neither checked nor copied."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "PromptTokensDetails":
        """Read a JSON object, or raise `UsageValidationError` if it is invalid."""
        rest = _as_dict(data)
        details = object.__new__(cls)
        _move_count(rest, details, "cached_tokens", _as_integer)
        _move_count(rest, details, "audio_tokens", _as_integer)
        _set(details, "additional_properties", _as_properties(rest) if rest else {})
        return details

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object as a new dict, without the fields that are missing."""
        data: dict[str, Any] = {}
        if self.cached_tokens is not UNSET:
            data["cached_tokens"] = self.cached_tokens
        if self.audio_tokens is not UNSET:
            data["audio_tokens"] = self.audio_tokens
        data |= self.additional_properties
        return data


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionTokensDetails(_Validated):
    """Tokens of the completion, counted by kind. A token may be of several kinds."""

    reasoning_tokens: OptionalNullable[int | float] = UNSET
    """Tokens spent on reasoning."""
    accepted_prediction_tokens: OptionalNullable[int | float] = UNSET
    """Tokens of a predicted output that appear in the completion."""
    rejected_prediction_tokens: OptionalNullable[int | float] = UNSET
    """Tokens of a predicted output that don't appear in the completion."""
    audio_tokens: OptionalNullable[int] = UNSET
    """Tokens of audio output."""
    additional_properties: Mapping[str, Any] = field(
        default_factory=dict[str, Any], hash=False
    )
    """All other keys of the object. Their values are neither checked nor copied."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "CompletionTokensDetails":
        """Read a JSON object, or raise `UsageValidationError` if it is invalid."""
        rest = _as_dict(data)
        details = object.__new__(cls)
        _move_count(rest, details, "reasoning_tokens", _as_number)
        _move_count(rest, details, "accepted_prediction_tokens", _as_number)
        _move_count(rest, details, "rejected_prediction_tokens", _as_number)
        _move_count(rest, details, "audio_tokens", _as_integer)
        _set(details, "additional_properties", _as_properties(rest) if rest else {})
        return details

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object as a new dict, without the fields that are missing."""
        data: dict[str, Any] = {}
        if self.reasoning_tokens is not UNSET:
            data["reasoning_tokens"] = self.reasoning_tokens
        if self.accepted_prediction_tokens is not UNSET:
            data["accepted_prediction_tokens"] = self.accepted_prediction_tokens
        if self.rejected_prediction_tokens is not UNSET:
            data["rejected_prediction_tokens"] = self.rejected_prediction_tokens
        if self.audio_tokens is not UNSET:
            data["audio_tokens"] = self.audio_tokens
        data |= self.additional_properties
        return data


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Usage(_Validated):
    """Tokens used by a request. The total may differ from prompt plus completion."""

    completion_tokens: OptionalNullable[int | float] = UNSET
    """Tokens generated in the completion."""
    prompt_tokens: OptionalNullable[int | float] = UNSET
    """Tokens in the prompt."""
    total_tokens: OptionalNullable[int | float] = UNSET
    """Tokens used by the request, prompt and completion together."""
    prompt_tokens_details: OptionalNullable[PromptTokensDetails] = UNSET
    """Tokens of the prompt, by kind."""
    completion_tokens_details: OptionalNullable[CompletionTokensDetails] = UNSET
    """Tokens of the completion, by kind."""
    additional_properties: Mapping[str, Any] = field(
        default_factory=dict[str, Any], hash=False
    )
    """All other keys of the object. Their values are neither checked nor copied.

    Don't add to it: a field's name would replace the field in `to_dict()`.
    """

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Usage":
        """Read a usage object, such as `json.loads(body)["usage"]`.

        The object may be any mapping. An integral float becomes an int where the schema
        calls for an integer. Raises `UsageValidationError` for the first invalid field,
        in the schema's order. Exceptions raised by a mapping's own code propagate.
        """
        rest = _as_dict(data)
        usage = object.__new__(cls)
        _move_count(rest, usage, "completion_tokens", _as_number)
        _move_count(rest, usage, "prompt_tokens", _as_number)
        _move_count(rest, usage, "total_tokens", _as_number)
        _move_details(rest, usage, "prompt_tokens_details", PromptTokensDetails)
        _move_details(rest, usage, "completion_tokens_details", CompletionTokensDetails)
        _set(usage, "additional_properties", _as_properties(rest) if rest else {})
        return usage

    def to_dict(self) -> dict[str, Any]:
        """Return the usage object as a new dict, to be logged, stored or sent.

        The fields come first, in the schema's order, then the additional properties, in
        the order in which they were read. Missing fields are left out.
        """
        data: dict[str, Any] = {}
        if self.completion_tokens is not UNSET:
            data["completion_tokens"] = self.completion_tokens
        if self.prompt_tokens is not UNSET:
            data["prompt_tokens"] = self.prompt_tokens
        if self.total_tokens is not UNSET:
            data["total_tokens"] = self.total_tokens
        if (prompt := self.prompt_tokens_details) is not UNSET:
            data["prompt_tokens_details"] = prompt and prompt.to_dict()
        if (completion := self.completion_tokens_details) is not UNSET:
            data["completion_tokens_details"] = completion and completion.to_dict()
        data |= self.additional_properties
        return data


# The names of these classes in orq-ai-sdk 3.11.7
PostV2ProxyCompletionsPromptTokensDetails = PromptTokensDetails
PostV2ProxyCompletionsCompletionTokensDetails = CompletionTokensDetails
PostV2ProxyCompletionsUsage = Usage


def _restore(cls: type[Any], data: dict[str, Any]) -> Any:
    # Never rename this function: pickles refer to it by its name. They don't refer to
    # `from_dict`, because PyYAML and jsonpickle can't load a class method.
    return cls.from_dict(data)


def _as_dict(value: Any, path: str = "") -> dict[Any, Any]:
    # Nearly every object is a dict, for which the first test is much faster.
    if type(value) is dict or isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownArgumentType]
    raise _invalid(value, path, "an object")


def _move_count(
    rest: dict[Any, Any],
    to: object,
    name: str,
    as_count: Callable[[Any, str], int | float],
) -> None:
    value = rest.pop(name, UNSET)
    # Nearly every count is an int. Testing for one here saves a call.
    if not (type(value) is int or value is UNSET or value is None):
        value = as_count(value, name)
    _set(to, name, value)


def _move_details(rest: dict[Any, Any], to: object, name: str, cls: type[Any]) -> None:
    value = rest.pop(name, UNSET)
    if not (type(value) is cls or value is UNSET or value is None):
        try:
            value = cls.from_dict(value)
        except UsageValidationError as error:
            path = f"{name}.{error.path}" if error.path else name
            raise UsageValidationError(error.message, path) from None
    _set(to, name, value)


def _as_properties(data: dict[Any, Any], path: str = "") -> dict[str, Any]:
    for key in data:
        if not isinstance(key, str):
            raise _invalid(key, path, "keys that are strings")
    return data


def _as_integer(value: Any, path: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)  # converts an instance of a subclass, such as an IntEnum
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise _invalid(value, path, "an integer or null")


def _as_number(value: Any, path: str) -> int | float:
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and isfinite(value):
        return float(value)  # converts an instance of a subclass, such as numpy.float64
    raise _invalid(value, path, "a number or null")


def _invalid(value: Any, path: str, expected: str) -> UsageValidationError:
    found = _describe(value)
    found = found if len(found) <= 60 else f"{found[:57]}..."
    return UsageValidationError(f"expected {expected}, got {found}", path)


def _describe(value: Any) -> str:
    """Describe a value by its JSON type, as in "integer 5", or by its Python type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean true" if value else "boolean false"
    if isinstance(value, str):
        return f"string {value[:60]!r}"  # The repr of the whole string may be huge.
    if isinstance(value, int):
        # By default, Python can't convert an int of more than 4,300 digits to text.
        return f"integer {value}" if abs(value) < 10**50 else "integer"
    if isinstance(value, float):
        return f"{'number' if isfinite(value) else 'float'} {value}"
    if isinstance(value, Mapping):
        return "object"
    if isinstance(value, (list, tuple)):
        return "array"
    return type(value).__name__


def _core_schema(cls: Any) -> dict[str, Any]:
    """Return a schema that makes pydantic call `from_dict` and `to_dict`."""

    def read(value: Any, read_dict: Callable[[Any], Any]) -> Any:
        # A union prefers this class to the others unless `read_dict` is called.
        return value if isinstance(value, cls) else cls.from_dict(read_dict(value))

    def write(value: Any, write_dict: Callable[[Any], Any]) -> Any:
        # pydantic doesn't validate defaults and assigned values, so the value may be of
        # any type. `write_dict` applies `include` and `exclude`.
        return write_dict(value.to_dict() if isinstance(value, cls) else value)

    writer = {"type": "function-wrap", "function": write}
    return {  # pydantic accepts a plain dict, so nothing is imported.
        "type": "function-wrap",
        "function": {"type": "no-info", "function": read},
        "schema": {"type": "dict", "serialization": writer},
        "ref": f"{cls.__module__}.{cls.__name__}",  # names the class in JSON schemas
    }


def _json_schema(cls: type[Any]) -> dict[str, Any]:
    """Return the JSON schema of a class, or of a type in its fields' annotations."""
    json_types = {int: "integer", float: "number", type(None): "null"}
    if cls in json_types:
        return {"type": json_types[cls]}
    properties: dict[str, Any] = {}
    for f in fields(cls)[:-1]:  # all but the additional properties
        types = [_json_schema(t) for t in get_args(f.type) if t is not Unset]
        properties[f.name] = {"anyOf": types}
    return {
        "title": cls.__name__,
        "type": "object",
        "properties": properties,
        "additionalProperties": True,
    }
