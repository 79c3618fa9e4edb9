"""LLM usage objects as frozen dataclasses that distinguish missing from null.

A usage object is the JSON object in which an LLM gateway counts a request's tokens.

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
does, because some gateways send null counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import isfinite
from typing import Any, Final, Literal, TypeAlias, TypeVar, final

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

__version__ = "1.1.0"


class Unset(Enum):
    """The type of `UNSET`. It is an enum so that type checkers support `is UNSET`."""

    UNSET = "UNSET"  # Many encoders write the value, which must not pass for a count.

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    __str__ = __repr__


UNSET: Final = Unset.UNSET
"""The value of a missing field. A null field is `None`. Both are falsy."""

_T = TypeVar("_T")
OptionalNullable: TypeAlias = _T | Unset | None
"""The type of a field that may be missing or null, as in `OptionalNullable[int]`."""


class UsageValidationError(ValueError):
    """Raised if the input is not a valid usage object.

    `message` says what was expected and what was found. `path` names the invalid field,
    as in "prompt_tokens_details.cached_tokens", or is "" for the object itself.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


# `from_dict` makes all the checks. It copies the JSON object into a dict, `rest`, and
# moves one field after another from there into a new instance. The keys that are left
# become the additional properties. If none are left, a new dict takes the place of
# `rest`, which would keep its memory although it is empty. `object.__new__` makes the
# instance: calling the class would run `__post_init__`, which calls `from_dict`.

_set: Final = object.__setattr__  # sets a field of a frozen instance


class _Validated:
    """Makes the constructor, `copy`, `pickle` and pydantic use `from_dict`."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        # `from_dict` would silently lose a field that a subclass adds.
        if cls.__base__ is not _Validated:
            raise TypeError(f"{cls.__base__} is final and can't be subclassed")

    def __post_init__(self: Any) -> None:
        # Replaces the constructor's arguments with the values that `from_dict` reads.
        fields = {name: getattr(self, name) for name in self.__slots__}
        path = "additional_properties"
        additional = _additional(_as_dict(fields.pop(path), path), path)
        for key in additional:
            if key in fields:
                raise _invalid(key, path, "keys that aren't fields")
        valid = self.from_dict(fields | additional)
        for name in self.__slots__:
            _set(self, name, getattr(valid, name))

    def __reduce__(self: Any) -> tuple[Any, ...]:
        return _restore, (type(self), self.to_dict())

    @classmethod
    def __get_pydantic_core_schema__(
        cls: Any, source: object, handler: object
    ) -> dict[str, Any]:
        # For pydantic, a field of this type is a dict that goes through `from_dict` and
        # `to_dict`. pydantic takes plain dicts as schemas, so nothing is imported.
        def read(value: Any, read_dict: Callable[[Any], Any]) -> Any:
            # If `read_dict` isn't called, a union prefers this class to the others.
            return value if isinstance(value, cls) else cls.from_dict(read_dict(value))

        def write(value: Any, write_dict: Callable[[Any], Any]) -> Any:
            # pydantic doesn't validate defaults and assigned values, so the value may
            # be of any type. `write_dict` applies `include` and `exclude`.
            return write_dict(value.to_dict() if isinstance(value, cls) else value)

        reader = {"type": "no-info", "function": read}
        writer = {"type": "function-wrap", "function": write}
        schema = {"type": "dict", "serialization": writer}
        return {"type": "function-wrap", "function": reader, "schema": schema}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyCompletionsPromptTokensDetails(_Validated):
    """Tokens of the prompt, counted by kind. A token may be of several kinds."""

    cached_tokens: OptionalNullable[int] = UNSET
    """Tokens read from a cache."""
    audio_tokens: OptionalNullable[int] = UNSET
    """Tokens of audio input."""
    additional_properties: Mapping[str, Any] = field(
        default_factory=dict[str, Any], hash=False
    )
    """All other keys of the JSON object. The values are neither checked nor copied."""

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any]
    ) -> "PostV2ProxyCompletionsPromptTokensDetails":
        """Read a JSON object, or raise `UsageValidationError` if it is invalid."""
        rest = _as_dict(data)
        details = object.__new__(cls)
        _move_count(rest, details, "cached_tokens", _as_integer)
        _move_count(rest, details, "audio_tokens", _as_integer)
        _set(details, "additional_properties", _additional(rest) if rest else {})
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
class PostV2ProxyCompletionsCompletionTokensDetails(_Validated):
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
    """All other keys of the JSON object. The values are neither checked nor copied."""

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any]
    ) -> "PostV2ProxyCompletionsCompletionTokensDetails":
        """Read a JSON object, or raise `UsageValidationError` if it is invalid."""
        rest = _as_dict(data)
        details = object.__new__(cls)
        _move_count(rest, details, "reasoning_tokens", _as_number)
        _move_count(rest, details, "accepted_prediction_tokens", _as_number)
        _move_count(rest, details, "rejected_prediction_tokens", _as_number)
        _move_count(rest, details, "audio_tokens", _as_integer)
        _set(details, "additional_properties", _additional(rest) if rest else {})
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


PromptTokensDetails: TypeAlias = PostV2ProxyCompletionsPromptTokensDetails
CompletionTokensDetails: TypeAlias = PostV2ProxyCompletionsCompletionTokensDetails


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyCompletionsUsage(_Validated):
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
    """All other keys of the JSON object. The values are neither checked nor copied."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "PostV2ProxyCompletionsUsage":
        """Read a usage object, such as `json.loads(body)["usage"]`.

        Any mapping will do. An integral float becomes an int where the schema calls for
        an integer. The first invalid field, in the schema's order, raises
        `UsageValidationError`. Exceptions raised by a mapping's own code propagate.
        """
        rest = _as_dict(data)
        usage = object.__new__(cls)
        _move_count(rest, usage, "completion_tokens", _as_number)
        _move_count(rest, usage, "prompt_tokens", _as_number)
        _move_count(rest, usage, "total_tokens", _as_number)
        _move_details(rest, usage, "prompt_tokens_details", PromptTokensDetails)
        _move_details(rest, usage, "completion_tokens_details", CompletionTokensDetails)
        _set(usage, "additional_properties", _additional(rest) if rest else {})
        return usage

    def to_dict(self) -> dict[str, Any]:
        """Return the usage object as a new dict.

        The fields come first, in the schema's order, then the additional properties in
        their own. A missing field is left out, and a null field is `None`.
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


Usage: TypeAlias = PostV2ProxyCompletionsUsage


def _restore(cls: type[Any], data: dict[str, Any]) -> Any:
    # Pickles refer to this function by its name, which must never change. They don't
    # refer to `from_dict`, because PyYAML and jsonpickle can't load a class method.
    return cls.from_dict(data)


def _as_dict(value: Any, path: str = "", expected: str = "an object") -> dict[Any, Any]:
    # Most objects are dicts. Testing for one first saves a tenth of a round trip.
    if type(value) is dict or isinstance(value, Mapping):
        return dict(value)  # pyright: ignore[reportUnknownArgumentType]
    raise _invalid(value, path, expected)


def _move_count(
    rest: dict[Any, Any],
    to: object,
    name: str,
    as_count: Callable[[Any, str], int | float],
) -> None:
    value = rest.pop(name, UNSET)
    # Most counts are ints. Testing for one first saves a sixth of a round trip.
    if type(value) is not int and value is not UNSET and value is not None:
        value = as_count(value, name)
    _set(to, name, value)


def _move_details(rest: dict[Any, Any], to: object, name: str, cls: type[Any]) -> None:
    value = rest.pop(name, UNSET)
    if value is not UNSET and value is not None and type(value) is not cls:
        if type(value) is not dict:
            # Any other mapping may run the caller's code when it is read. Outside the
            # `try`, exceptions propagate unchanged, even a UsageValidationError.
            value = _as_dict(value, name, "an object or null")
        try:
            value = cls.from_dict(value)
        except UsageValidationError as error:
            path = f"{name}.{error.path}" if error.path else name
            raise UsageValidationError(error.message, path) from None
    _set(to, name, value)


def _additional(rest: dict[Any, Any], path: str = "") -> dict[str, Any]:
    for key in rest:
        if not isinstance(key, str):
            raise _invalid(key, path, "keys that are strings")
    return rest


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
    """Name a value's JSON type, with a scalar's value, or else its Python type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean true" if value else "boolean false"
    if isinstance(value, str):
        return f"string {value[:60]!r}"  # The repr of the whole string may be huge.
    if isinstance(value, int):
        # Python doesn't convert an int of more than 4,300 digits to a string.
        return f"integer {value}" if abs(value) < 10**50 else "integer"
    if isinstance(value, float):
        return f"{'number' if isfinite(value) else 'float'} {value}"
    if isinstance(value, Mapping):
        return "object"
    if isinstance(value, (list, tuple)):
        return "array"
    return type(value).__name__
