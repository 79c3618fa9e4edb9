"""LLM usage objects as frozen dataclasses that distinguish missing from null.

A usage object is the JSON object in which an LLM gateway counts a request's tokens.

    >>> from usage_models import PostV2ProxyCompletionsUsage as Usage
    >>> usage = Usage.from_dict({"prompt_tokens": 7, "total_tokens": None, "cost": 0.5})
    >>> usage.prompt_tokens, usage.total_tokens, usage.completion_tokens
    (7, None, UNSET)
    >>> usage.additional_properties
    {'cost': 0.5}
    >>> usage.to_dict()
    {'prompt_tokens': 7, 'total_tokens': None, 'cost': 0.5}

The schema is that of `usage` in the 200 response of Orq's `POST /v2/proxy/completions`,
as of orq-ai-sdk 3.11.7 (August 2025). In it, every field is optional, but the top-level
counts aren't nullable. Here they are, because gateways do send null counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import isfinite
from typing import Any, Final, Literal, TypeAlias, TypeVar, final

__all__ = [
    "UNSET",
    "OptionalNullable",
    "PostV2ProxyCompletionsCompletionTokensDetails",
    "PostV2ProxyCompletionsPromptTokensDetails",
    "PostV2ProxyCompletionsUsage",
    "Unset",
    "UsageValidationError",
]

__version__ = "1.0.0"


class _UNSET:
    # Encoders write an enum member as its value. None of them knows this class, and its
    # instances have no `__dict__`, which some encoders would write as {}.
    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"


del _UNSET.__slots__  # some encoders would write the attributes it lists, also as {}


class Unset(Enum):
    """The type of `UNSET`: an enum, so that type checkers narrow it by `is`."""

    UNSET = _UNSET()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    __str__ = __repr__

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return getattr, (Unset, "UNSET")  # preserves identity when copied or pickled


UNSET: Final = Unset.UNSET
"""The value of a missing field. It is false, like `None`, the value of a null field."""

_T = TypeVar("_T")
OptionalNullable: TypeAlias = _T | Unset | None
"""The type of a field that may be missing or null, as in `OptionalNullable[int]`."""


class UsageValidationError(ValueError):
    """The input is not a valid usage object.

    message: what was expected and what was found.
    path: the invalid field, such as "prompt_tokens_details.cached_tokens", or "" if the
        object itself is invalid.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class _Validated:
    """Sends the constructor, `copy` and `pickle` through `from_dict`."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        if cls.__base__ is not _Validated:
            raise TypeError(f"{cls.__base__} is final and can't be subclassed")

    def __post_init__(self) -> None:
        _validate(self)

    def __reduce__(self: Any) -> tuple[Any, ...]:
        return _restore, (type(self), self.to_dict())


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
    def from_dict(cls, data: Mapping[str, Any]) -> "_PromptDetails":
        """Read a JSON object, or raise `UsageValidationError` if it is invalid."""
        rest = _as_dict(data, "an object", "")
        details = object.__new__(cls)
        write = _writer(details)
        _move_count(rest, write, "cached_tokens", _as_integer)
        _move_count(rest, write, "audio_tokens", _as_integer)
        write("additional_properties", _additional(rest, "") if rest else {})
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
    def from_dict(cls, data: Mapping[str, Any]) -> "_CompletionDetails":
        """Read a JSON object, or raise `UsageValidationError` if it is invalid."""
        rest = _as_dict(data, "an object", "")
        details = object.__new__(cls)
        write = _writer(details)
        _move_count(rest, write, "reasoning_tokens", _as_number)
        _move_count(rest, write, "accepted_prediction_tokens", _as_number)
        _move_count(rest, write, "rejected_prediction_tokens", _as_number)
        _move_count(rest, write, "audio_tokens", _as_integer)
        write("additional_properties", _additional(rest, "") if rest else {})
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


_PromptDetails: TypeAlias = PostV2ProxyCompletionsPromptTokensDetails
_CompletionDetails: TypeAlias = PostV2ProxyCompletionsCompletionTokensDetails


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyCompletionsUsage(_Validated):
    """Tokens used by a request. The total may differ from the sum of the counts."""

    completion_tokens: OptionalNullable[int | float] = UNSET
    """Tokens generated in the completion."""
    prompt_tokens: OptionalNullable[int | float] = UNSET
    """Tokens in the prompt."""
    total_tokens: OptionalNullable[int | float] = UNSET
    """Tokens used by the request, prompt and completion together."""
    prompt_tokens_details: OptionalNullable[_PromptDetails] = UNSET
    """Tokens of the prompt, by kind."""
    completion_tokens_details: OptionalNullable[_CompletionDetails] = UNSET
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
        rest = _as_dict(data, "an object", "")
        usage = object.__new__(cls)
        write = _writer(usage)
        _move_count(rest, write, "completion_tokens", _as_number)
        _move_count(rest, write, "prompt_tokens", _as_number)
        _move_count(rest, write, "total_tokens", _as_number)
        _move_details(rest, write, "prompt_tokens_details", _PromptDetails)
        _move_details(rest, write, "completion_tokens_details", _CompletionDetails)
        write("additional_properties", _additional(rest, "") if rest else {})
        return usage

    def to_dict(self) -> dict[str, Any]:
        """Return the usage object as a new dict, ready for `json.dumps`.

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
            data["prompt_tokens_details"] = None if prompt is None else prompt.to_dict()
        if (completion := self.completion_tokens_details) is not UNSET:
            data["completion_tokens_details"] = (
                None if completion is None else completion.to_dict()
            )
        data |= self.additional_properties
        return data


def _restore(cls: type[Any], data: dict[str, Any]) -> Any:
    """Make an instance for `copy` and `pickle`. Pickles hold this function's name."""
    return cls.from_dict(data)


# `from_dict` makes all the checks. It copies the JSON object into a dict, `rest`, and
# moves one field after another from there into a new instance. The keys that are left
# become the additional properties. The instance comes from `object.__new__`, because
# calling the class would run `__post_init__`, which calls `from_dict`. That is sound
# because the classes are final: `from_dict` sets every field that an instance has.
#
# Counts and keys are tested by `issubclass(type(value), int)`, since `isinstance` would
# also accept a mock that fakes its `__class__`. Methods are called on the base class,
# as in `int.__add__(value, 0)`, since a subclass may override them.


def _validate(instance: Any) -> None:
    """Replace the constructor's arguments with the values that `from_dict` reads."""
    *names, path = instance.__slots__  # the last is "additional_properties"
    valid = instance.from_dict({name: getattr(instance, name) for name in names})
    rest = _as_dict(instance.additional_properties, "an object", path)
    additional = _additional(rest, path)
    for name in names:
        if name in additional:
            raise _invalid("no key that the schema names", name, path)
        object.__setattr__(instance, name, getattr(valid, name))
    object.__setattr__(instance, path, additional)


_Write: TypeAlias = Callable[[str, object], None]
# Binding `object.__setattr__` once per instance saves a tenth of a round trip.
_writer: Final = object.__setattr__.__get__


def _as_dict(data: Any, expected: str, path: str) -> dict[Any, Any]:
    # Most objects are dicts. Testing for one first saves a tenth of a round trip.
    if type(data) is dict or isinstance(data, Mapping):
        return dict(data)
    raise _invalid(expected, data, path)


def _move_count(
    rest: dict[Any, Any], write: _Write, name: str, convert: Callable[[Any, str], float]
) -> None:
    value = rest.pop(name, UNSET)
    # Most counts are ints. Testing for one first saves a quarter of a round trip.
    if type(value) is not int and value is not UNSET and value is not None:
        value = convert(value, name)
    write(name, value)


def _move_details(
    rest: dict[Any, Any], write: _Write, name: str, cls: type[Any]
) -> None:
    value = rest.pop(name, UNSET)
    if value is not UNSET and value is not None and type(value) is not cls:
        if type(value) is not dict:
            # Outside the `try`, so that an exception raised by the mapping's own code
            # propagates unchanged, even if it is a UsageValidationError.
            value = _as_dict(value, "an object or null", name)
        try:
            value = cls.from_dict(value)
        except UsageValidationError as error:
            error.path = f"{name}.{error.path}" if error.path else name
            error.args = error.message, error.path
            raise
    write(name, value)


def _additional(rest: dict[Any, Any], path: str) -> dict[str, Any]:
    # A dict never shrinks: where `rest` is empty, `from_dict` takes a new one instead.
    for key in rest:
        if not issubclass(type(key), str):
            raise _invalid("keys that are strings", key, path)
    return rest


def _as_integer(value: Any, path: str, expected: str = "an integer or null") -> int:
    number = _as_number(value, path, expected)
    if number != int(number):
        raise _invalid(expected, value, path)
    return int(number)


def _as_number(value: Any, path: str, expected: str = "a number or null") -> float:
    if issubclass(type(value), int) and type(value) is not bool:
        return int.__add__(value, 0)  # PyPy's `int.__int__` calls the subclass's
    if issubclass(type(value), float) and isfinite(number := float.__float__(value)):
        return number
    raise _invalid(expected, value, path)


def _invalid(expected: str, value: Any, path: str) -> UsageValidationError:
    found = _describe(value)
    found = found if len(found) <= 60 else f"{found[:57]}..."
    return UsageValidationError(f"expected {expected}, got {found}", path)


def _describe(value: Any) -> str:
    """Return a value's JSON type and the value itself, or else its Python type."""
    if value is None:
        return "null"
    if type(value) is bool:
        return "boolean true" if value else "boolean false"
    if issubclass(type(value), str):
        return f"string {str.__str__(value)[:60]!r}"
    if issubclass(type(value), int):
        # 200 bits are 60 digits, as many as a message shows. Python refuses to convert
        # an integer of more than 4,300 digits.
        if int.bit_length(value) >= 200:
            return "integer"
        return f"integer {int.__repr__(value)}"
    if issubclass(type(value), float):
        number = float.__float__(value)
        return f"{'number' if isfinite(number) else 'float'} {number}"
    if issubclass(type(value), Mapping):
        return "object"
    if issubclass(type(value), (list, tuple)):
        return "array"
    return type(value).__name__
