"""LLM usage objects as frozen dataclasses that keep missing, null and set apart.

A usage object is the JSON object in which an LLM gateway counts the tokens of a
request. `PostV2ProxyCompletionsUsage.from_dict` reads one and `to_dict` gives it back
equal, members that the schema does not name included. A member of the schema reads
as `UNSET` (missing), `None` (null) or its value. Input that is not valid raises
`UsageValidationError`.

Source: Orq's OpenAPI document, operation `POST /v2/proxy/completions`, 200 response,
member `usage`, as published with orq-ai-sdk 3.11.7 (August 2025). There no member is
required, and null is allowed only for the details and what is in them. Here every
member may be null: gateways do send null counts.
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


class Unset(Enum):
    """The type of `UNSET`, which stands for a missing member and is false."""

    # An enum member is the sentinel that type checkers narrow with `is`, and that
    # stays itself through copy and pickle.
    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET

_T = TypeVar("_T")
OptionalNullable: TypeAlias = _T | None | Unset


class UsageValidationError(ValueError):
    """The input is not a valid usage object.

    message: what was expected and what came.
    path: where, as in "prompt_tokens_details.cached_tokens"; "" for the object itself.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyCompletionsPromptTokensDetails:
    """What the prompt consists of. Counts are in tokens.

    cached_tokens: prompt tokens served from a cache.
    audio_tokens: audio input.
    additional_properties: the members that the schema does not name.
    """

    cached_tokens: OptionalNullable[int] = UNSET
    audio_tokens: OptionalNullable[int] = UNSET
    additional_properties: Mapping[str, Any] = field(
        default_factory=dict[str, Any], hash=False
    )

    def __post_init__(self) -> None:
        if self.cached_tokens is not UNSET:
            _check_integer(self.cached_tokens, "cached_tokens")
        if self.audio_tokens is not UNSET:
            _check_integer(self.audio_tokens, "audio_tokens")
        own = _check_additional(self.additional_properties, _PROMPT_MEMBERS)
        object.__setattr__(self, "additional_properties", own)

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any]
    ) -> "PostV2ProxyCompletionsPromptTokensDetails":
        """Read a JSON object, as `PostV2ProxyCompletionsUsage.from_dict` does."""
        if not isinstance(data, dict):
            data = _as_dict(data)
        details = _new(cls)
        write = _writer(details)
        write("cached_tokens", _read_integer(data, "cached_tokens"))
        write("audio_tokens", _read_integer(data, "audio_tokens"))
        write("additional_properties", _read_additional(data, _PROMPT_MEMBERS))
        return details

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object, as `PostV2ProxyCompletionsUsage.to_dict` does."""
        data: dict[str, Any] = {}
        if self.cached_tokens is not UNSET:
            data["cached_tokens"] = self.cached_tokens
        if self.audio_tokens is not UNSET:
            data["audio_tokens"] = self.audio_tokens
        if self.additional_properties:  # saves 2 % of a round trip
            data.update(self.additional_properties)
        return data


_PROMPT_MEMBERS: Final = frozenset({"cached_tokens", "audio_tokens"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyCompletionsCompletionTokensDetails:
    """What the completion consists of. Counts are in tokens.

    reasoning_tokens: spent on reasoning.
    accepted_prediction_tokens: predicted tokens that the completion used.
    rejected_prediction_tokens: predicted tokens that it did not use.
    audio_tokens: audio output.
    additional_properties: the members that the schema does not name.
    """

    reasoning_tokens: OptionalNullable[float] = UNSET
    accepted_prediction_tokens: OptionalNullable[float] = UNSET
    rejected_prediction_tokens: OptionalNullable[float] = UNSET
    audio_tokens: OptionalNullable[int] = UNSET
    additional_properties: Mapping[str, Any] = field(
        default_factory=dict[str, Any], hash=False
    )

    def __post_init__(self) -> None:
        if self.reasoning_tokens is not UNSET:
            _check_number(self.reasoning_tokens, "reasoning_tokens")
        if self.accepted_prediction_tokens is not UNSET:
            _check_number(self.accepted_prediction_tokens, "accepted_prediction_tokens")
        if self.rejected_prediction_tokens is not UNSET:
            _check_number(self.rejected_prediction_tokens, "rejected_prediction_tokens")
        if self.audio_tokens is not UNSET:
            _check_integer(self.audio_tokens, "audio_tokens")
        own = _check_additional(self.additional_properties, _COMPLETION_MEMBERS)
        object.__setattr__(self, "additional_properties", own)

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any]
    ) -> "PostV2ProxyCompletionsCompletionTokensDetails":
        """Read a JSON object, as `PostV2ProxyCompletionsUsage.from_dict` does."""
        if not isinstance(data, dict):
            data = _as_dict(data)
        details = _new(cls)
        write = _writer(details)
        write("reasoning_tokens", _read_number(data, "reasoning_tokens"))
        write(
            "accepted_prediction_tokens",
            _read_number(data, "accepted_prediction_tokens"),
        )
        write(
            "rejected_prediction_tokens",
            _read_number(data, "rejected_prediction_tokens"),
        )
        write("audio_tokens", _read_integer(data, "audio_tokens"))
        write("additional_properties", _read_additional(data, _COMPLETION_MEMBERS))
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
        if self.additional_properties:  # saves 2 % of a round trip
            data.update(self.additional_properties)
        return data


_COMPLETION_MEMBERS: Final = frozenset(
    {
        "reasoning_tokens",
        "accepted_prediction_tokens",
        "rejected_prediction_tokens",
        "audio_tokens",
    }
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyCompletionsUsage:
    """How many tokens a request used. Counts are in tokens.

    completion_tokens: generated in the completion.
    prompt_tokens: in the prompt.
    total_tokens: used by the request: prompt and completion.
    prompt_tokens_details: what the prompt consists of.
    completion_tokens_details: what the completion consists of.
    additional_properties: the members that the schema does not name.

    The counts are as the provider sent them. They need not add up.
    """

    completion_tokens: OptionalNullable[float] = UNSET
    prompt_tokens: OptionalNullable[float] = UNSET
    total_tokens: OptionalNullable[float] = UNSET
    prompt_tokens_details: OptionalNullable[
        PostV2ProxyCompletionsPromptTokensDetails
    ] = UNSET
    completion_tokens_details: OptionalNullable[
        PostV2ProxyCompletionsCompletionTokensDetails
    ] = UNSET
    additional_properties: Mapping[str, Any] = field(
        default_factory=dict[str, Any], hash=False
    )

    def __post_init__(self) -> None:
        if self.completion_tokens is not UNSET:
            _check_number(self.completion_tokens, "completion_tokens")
        if self.prompt_tokens is not UNSET:
            _check_number(self.prompt_tokens, "prompt_tokens")
        if self.total_tokens is not UNSET:
            _check_number(self.total_tokens, "total_tokens")
        if self.prompt_tokens_details is not UNSET:
            _check_details(
                self.prompt_tokens_details,
                "prompt_tokens_details",
                PostV2ProxyCompletionsPromptTokensDetails,
            )
        if self.completion_tokens_details is not UNSET:
            _check_details(
                self.completion_tokens_details,
                "completion_tokens_details",
                PostV2ProxyCompletionsCompletionTokensDetails,
            )
        own = _check_additional(self.additional_properties, _USAGE_MEMBERS)
        object.__setattr__(self, "additional_properties", own)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "PostV2ProxyCompletionsUsage":
        """Read a usage object, such as `json.loads(body)["usage"]`.

        Takes any mapping and does not change it. Raises `UsageValidationError` for the
        first member that is not valid, in the schema's order. A float without fraction
        becomes an int where the schema says integer; nothing else is converted. The
        values of additional members are kept as they are, not copied.
        """
        if not isinstance(data, dict):
            data = _as_dict(data)
        usage = _new(cls)
        write = _writer(usage)
        write("completion_tokens", _read_number(data, "completion_tokens"))
        write("prompt_tokens", _read_number(data, "prompt_tokens"))
        write("total_tokens", _read_number(data, "total_tokens"))
        write(
            "prompt_tokens_details",
            _read_details(
                data,
                "prompt_tokens_details",
                PostV2ProxyCompletionsPromptTokensDetails.from_dict,
            ),
        )
        write(
            "completion_tokens_details",
            _read_details(
                data,
                "completion_tokens_details",
                PostV2ProxyCompletionsCompletionTokensDetails.from_dict,
            ),
        )
        write("additional_properties", _read_additional(data, _USAGE_MEMBERS))
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
        if self.additional_properties:  # saves 2 % of a round trip
            data.update(self.additional_properties)
        return data


_USAGE_MEMBERS: Final = frozenset(
    {
        "completion_tokens",
        "prompt_tokens",
        "total_tokens",
        "prompt_tokens_details",
        "completion_tokens_details",
    }
)


# How `from_dict` makes an instance: an empty one, then each value, once it is checked,
# straight into its slot. Through the generated `__init__` the guard would check each a
# second time. Sound because the classes are final: no subclass adds a slot.
# A round trip (dict to object to dict, CPython 3.11 and 3.13) takes half the time that
# it takes with `cls(...)`, and 5 % less than with these two looked up at each use.
_new: Final = object.__new__
_writer: Final = object.__setattr__.__get__


def _as_dict(
    value: Mapping[Any, Any] | None, path: str = "", expected: str = "an object"
) -> dict[Any, Any]:
    # This test is slow: testing for a dict before the call saves 30 % of a round trip.
    if isinstance(value, Mapping):
        return dict(value)
    raise _error(expected, value, path)


def _read_number(data: dict[Any, Any], name: str) -> OptionalNullable[float]:
    value = data.get(name)
    if type(value) is int:  # nearly always: saves 15 % of a round trip
        return value
    if value is None:
        return None if name in data else UNSET
    return _check_number(value, name)


def _read_integer(data: dict[Any, Any], name: str) -> OptionalNullable[int]:
    value = data.get(name)
    if type(value) is int:  # as in _read_number
        return value
    if value is None:
        return None if name in data else UNSET
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return _check_integer(value, name)


def _read_details(
    data: dict[Any, Any], name: str, from_dict: Callable[[dict[Any, Any]], _T]
) -> OptionalNullable[_T]:
    value: Mapping[Any, Any] | None = data.get(name)
    if not isinstance(value, dict):
        if value is None:
            return None if name in data else UNSET
        value = _as_dict(value, name, "an object or null")
    try:
        return from_dict(value)
    except UsageValidationError as error:
        error.path = f"{name}.{error.path}" if error.path else name
        raise


def _read_additional(data: dict[Any, Any], members: frozenset[str]) -> dict[str, Any]:
    if members.issuperset(data):  # often there are none: saves 20 % of a round trip
        return {}
    _check_keys(data, "")
    return {key: value for key, value in data.items() if key not in members}


def _check_number(value: object, path: str) -> float | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if value is None or (isinstance(value, float) and isfinite(value)):
        return value
    raise _error("a number or null", value, path)


def _check_integer(value: object, path: str) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise _error("an integer or null", value, path)


def _check_details(value: object, path: str, cls: type) -> None:
    if value is not None and not isinstance(value, cls):
        raise _error(f"{cls.__name__} (use its from_dict) or null", value, path)


def _check_additional(
    value: Mapping[Any, Any], members: frozenset[str]
) -> dict[str, Any]:
    path = "additional_properties"
    own = _as_dict(value, path)
    _check_keys(own, path)
    for key in own:
        if key in members:
            raise _error("keys that the schema does not name", key, path)
    return own


def _check_keys(data: dict[Any, Any], path: str) -> None:
    for key in data:
        if not isinstance(key, str):
            raise _error("keys that are strings", key, path)


def _error(expected: str, value: object, path: str) -> UsageValidationError:
    return UsageValidationError(f"expected {expected}, got {_describe(value)}", path)


def _describe(value: object) -> str:
    """Name `value` in JSON's terms, or else its type, in at most 60 characters."""
    if value is None:
        text = "null"
    elif isinstance(value, bool):
        text = "boolean true" if value else "boolean false"
    elif isinstance(value, str):
        text = f"string {value[:60]!r}"
    elif isinstance(value, int):
        # Python refuses to write out an int of more than 4,300 digits.
        text = f"integer {value:d}" if value.bit_length() < 200 else "integer"
    elif isinstance(value, float):
        text = f"{'number' if isfinite(value) else 'float'} {float.__repr__(value)}"
    elif isinstance(value, Mapping):
        text = "object"
    elif isinstance(value, (list, tuple)):
        text = "array"
    else:
        text = type(value).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."
