"""LLM usage objects as frozen dataclasses that keep missing, null and set apart.

A usage object is the JSON object in which an LLM gateway counts a request's tokens.
`PostV2ProxyCompletionsUsage.from_dict` reads one and `to_dict` gives it back equal. A
member of the schema reads as `UNSET` (missing), `None` (null) or its value; all others
are in `additional_properties`. What is not valid raises `UsageValidationError`.

Source: Orq's OpenAPI document, `POST /v2/proxy/completions`, 200 response, `usage`, as
of orq-ai-sdk 3.11.7 (August 2025). There no member is required, and the details and all
in them may be null. Here every member may be: gateways do send null counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
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
    # Encoders write an enum member as its value. Some write an unknown value as what is
    # in its `__dict__`, or as the attributes that `__slots__` names: have neither.
    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"


del _UNSET.__slots__


class Unset(Enum):
    """The type of `UNSET`, which stands for a missing member and is false."""

    # An enum, since type checkers narrow its members by `is`. Encoders write a member
    # as its value: this one none of them knows, and their errors name it.
    UNSET = _UNSET()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    __str__ = __repr__

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return getattr, (Unset, "UNSET")  # preserves identity when copied or pickled


UNSET: Final = Unset.UNSET
_T = TypeVar("_T")
OptionalNullable: TypeAlias = _T | Unset | None


class UsageValidationError(ValueError):
    """The input is not a valid usage object.

    message: what was expected and what came.
    path: where, as in "prompt_tokens_details.cached_tokens"; "" for the object itself.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class _Object:
    """What the classes share: the constructor, `copy` and `pickle` use `from_dict`."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        if cls.__base__ is not _Object:
            raise TypeError(f"{cls.__base__} is final and can't be subclassed")

    def __post_init__(self: Any) -> None:
        path = "additional_properties"
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        more = given.pop(path)
        read = self.from_dict(given)
        additional = _copy_additional(_copy(more, path), path)
        for name in given:
            if name in additional:
                raise _make_error("no key that the schema names", name, path)
            object.__setattr__(self, name, getattr(read, name))
        object.__setattr__(self, path, additional)

    def __reduce__(self: Any) -> tuple[Any, ...]:
        return _restore, (type(self), self.to_dict())


def _empty() -> dict[str, Any]:
    return {}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyCompletionsPromptTokensDetails(_Object):
    """Tokens of the prompt, counted by kind. One token may be of several kinds."""

    cached_tokens: OptionalNullable[int] = UNSET
    """Tokens that were read from a cache."""
    audio_tokens: OptionalNullable[int] = UNSET
    """Tokens of audio input."""
    additional_properties: Mapping[str, Any] = field(default_factory=_empty, hash=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "_PromptDetails":
        """Read a JSON object, as `PostV2ProxyCompletionsUsage.from_dict` does."""
        rest = _copy(data)
        details = _new(cls)
        write = _writer(details)
        _move_count(rest, write, "cached_tokens", _integer)
        _move_count(rest, write, "audio_tokens", _integer)
        write("additional_properties", _copy_additional(rest) if rest else {})
        return details

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object, as `PostV2ProxyCompletionsUsage.to_dict` does."""
        data: dict[str, Any] = {}
        if self.cached_tokens is not UNSET:
            data["cached_tokens"] = self.cached_tokens
        if self.audio_tokens is not UNSET:
            data["audio_tokens"] = self.audio_tokens
        data |= self.additional_properties
        return data


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyCompletionsCompletionTokensDetails(_Object):
    """Tokens of the completion, counted by kind. One token may be of several kinds."""

    reasoning_tokens: OptionalNullable[int | float] = UNSET
    """Tokens spent on reasoning."""
    accepted_prediction_tokens: OptionalNullable[int | float] = UNSET
    """Tokens of a predicted output that are in the completion."""
    rejected_prediction_tokens: OptionalNullable[int | float] = UNSET
    """Tokens of a predicted output that are not in it."""
    audio_tokens: OptionalNullable[int] = UNSET
    """Tokens of audio output."""
    additional_properties: Mapping[str, Any] = field(default_factory=_empty, hash=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "_CompletionDetails":
        """Read a JSON object, as `PostV2ProxyCompletionsUsage.from_dict` does."""
        rest = _copy(data)
        details = _new(cls)
        write = _writer(details)
        _move_count(rest, write, "reasoning_tokens", _number)
        _move_count(rest, write, "accepted_prediction_tokens", _number)
        _move_count(rest, write, "rejected_prediction_tokens", _number)
        _move_count(rest, write, "audio_tokens", _integer)
        write("additional_properties", _copy_additional(rest) if rest else {})
        return details

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object, as `PostV2ProxyCompletionsUsage.to_dict` does."""
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
class PostV2ProxyCompletionsUsage(_Object):
    """How many tokens a request used. The counts need not add up."""

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
    additional_properties: Mapping[str, Any] = field(default_factory=_empty, hash=False)
    """Members that the schema does not name. Their values are not checked or copied."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "PostV2ProxyCompletionsUsage":
        """Read a usage object, such as `json.loads(body)["usage"]`.

        Takes any mapping, and each member as the constructor does: a float without
        fraction becomes an int where the schema says integer. The first member that is
        not valid, in the schema's order, raises `UsageValidationError`.
        """
        rest = _copy(data)
        usage = _new(cls)
        write = _writer(usage)
        _move_count(rest, write, "completion_tokens", _number)
        _move_count(rest, write, "prompt_tokens", _number)
        _move_count(rest, write, "total_tokens", _number)
        _move_details(rest, write, "prompt_tokens_details", _PromptDetails)
        _move_details(rest, write, "completion_tokens_details", _CompletionDetails)
        write("additional_properties", _copy_additional(rest) if rest else {})
        return usage

    def to_dict(self) -> dict[str, Any]:
        """Return the usage object as a new dict, ready for `json.dumps`.

        The schema's members come first, in its order, then the additional ones, as they
        came. A missing member is left out, a null one is `None`.
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


_Rest: TypeAlias = dict[Any, Any]
_Write: TypeAlias = Callable[[str, object], None]
_Read: TypeAlias = Callable[[Any, str], float]

# How `from_dict` makes an instance: the generated `__init__` would call it once more.
# That is sound because the classes are final: it writes all members that there are.
_new: Final = object.__new__
_writer: Final = object.__setattr__.__get__  # bound once an instance, for speed


def _copy(data: Any, path: str = "", expected: str = "an object") -> _Rest:
    if type(data) is dict or isinstance(data, Mapping):  # the first is for speed
        return {**data}
    raise _make_error(expected, data, path)


def _move_count(rest: _Rest, write: _Write, name: str, read: _Read) -> None:
    value = rest.pop(name, UNSET)
    # Asked first, for speed: most counts are ints, and those need no reading.
    if type(value) is not int and value is not UNSET and value is not None:
        value = read(value, name)
    write(name, value)


def _move_details(rest: _Rest, write: _Write, name: str, cls: type[Any]) -> None:
    value = rest.pop(name, UNSET)
    if value is not UNSET and value is not None and type(value) is not cls:
        if type(value) is not dict:  # a plain dict is copied by `from_dict`
            value = _copy(value, name, "an object or null")
        try:
            value = cls.from_dict(value)
        except UsageValidationError as error:
            error.path = f"{name}.{error.path}" if error.path else name
            error.args = error.message, error.path
            raise
    write(name, value)


def _copy_additional(rest: _Rest, path: str = "") -> dict[str, Any]:
    for key in rest:  # where nothing is left, `from_dict` saves the call
        if not issubclass(type(key), str):
            raise _make_error("keys that are strings", key, path)
    return rest


def _integer(value: Any, path: str) -> int:
    if (number := _plain_number(value)) is None or number != int(number):
        raise _make_error("an integer or null", value, path)
    return int(number)


def _number(value: Any, path: str) -> float:
    if (number := _plain_number(value)) is None:
        raise _make_error("a number or null", value, path)
    return number


def _plain_number(value: Any) -> float | None:
    # By int's and float's own methods: those of a subclass may do anything.
    if issubclass(type(value), int) and type(value) is not bool:
        return int.__add__(value, 0)  # PyPy's `int.__int__` calls the subclass's
    if issubclass(type(value), float) and isfinite(number := float.__float__(value)):
        return number
    return None


def _make_error(expected: str, value: Any, path: str = "") -> UsageValidationError:
    came = _describe(value)
    short = came if len(came) <= 60 else f"{came[:57]}..."
    return UsageValidationError(f"expected {expected}, got {short}", path)


def _describe(value: Any) -> str:
    """Name a value in JSON's terms, or else by its type, on one line."""
    if value is None:
        return "null"
    if type(value) is bool:
        return "boolean true" if value else "boolean false"
    if issubclass(type(value), str):
        return f"string {str.__str__(value)[:60]!r}"
    if issubclass(type(value), int):
        if int.bit_length(value) >= 200:
            return "integer"  # Python refuses to write out one of over 4,300 digits
        return f"integer {int.__repr__(value)}"
    if issubclass(type(value), float):
        number = float.__float__(value)
        return f"{'number' if isfinite(number) else 'float'} {number}"
    if issubclass(type(value), Mapping):
        return "object"
    if issubclass(type(value), (list, tuple)):
        return "array"
    return repr(type(value).__name__)[1:-1]  # a name may hold a newline
