"""Tests of usage_models. Run them with `python3 -m unittest`.

They check four laws:

1. Lossless: `from_dict(x).to_dict() == x` for every valid object, including its
   unknown keys. Only an integral float in an integer field becomes an int.
2. Always valid: however an instance is made, its fields are valid, and it survives a
   round trip. The values of unknown keys are kept unchecked.
3. Three states: a field is `UNSET` (missing), `None` (null) or its value. `UNSET` never
   turns into data: encoders raise an error, or write the text UNSET.
4. One error: every invalid input raises `UsageValidationError`, which names the path,
   what was expected and what was found. Exceptions of the caller's own code propagate.
"""

import ast
import collections
import copy
import dataclasses
import decimal
import doctest
import enum
import importlib.util
import inspect
import io
import itertools
import json
import math
import pathlib
import pickle
import random
import re
import subprocess
import sys
import types
import typing
import unittest
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import usage_models
from usage_models import UNSET, Unset, UsageValidationError

Usage = usage_models.PostV2ProxyCompletionsUsage
PromptDetails = usage_models.PostV2ProxyCompletionsPromptTokensDetails
CompletionDetails = usage_models.PostV2ProxyCompletionsCompletionTokensDetails
JSON: TypeAlias = dict[str, Any]
MODULE = pathlib.Path(usage_models.__file__)
README = pathlib.Path(__file__).with_name("README.md").read_text(encoding="utf-8")
NAN = float("nan")
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)

# The schema, stated independently of the module: each field's JSON type, in order.
PROMPT = {"cached_tokens": "integer", "audio_tokens": "integer"}
COMPLETION = {
    "reasoning_tokens": "number",
    "accepted_prediction_tokens": "number",
    "rejected_prediction_tokens": "number",
    "audio_tokens": "integer",
}
COUNTS = dict.fromkeys(["completion_tokens", "prompt_tokens", "total_tokens"], "number")
DETAILS = {"prompt_tokens_details": PROMPT, "completion_tokens_details": COMPLETION}
SCHEMA: dict[type[Any], dict[str, Any]] = {
    PromptDetails: PROMPT,
    CompletionDetails: COMPLETION,
    Usage: {**COUNTS, **DETAILS},
}
DETAILS_CLASSES: dict[str, type[Any]] = dict(
    zip(DETAILS, [PromptDetails, CompletionDetails], strict=True)
)
COUNT_FIELDS = [
    (cls, name, kind)
    for cls, schema in SCHEMA.items()
    for name, kind in schema.items()
    if name not in DETAILS
]


class ExampleTest(unittest.TestCase):
    def test_complete_object(self) -> None:
        data = {
            "completion_tokens": 20,
            "prompt_tokens": 11,
            "total_tokens": 31,
            "prompt_tokens_details": {"cached_tokens": 6, "audio_tokens": 5},
            "completion_tokens_details": {
                "reasoning_tokens": 4,
                "accepted_prediction_tokens": 3,
                "rejected_prediction_tokens": 2,
                "audio_tokens": 1,
            },
        }
        usage = Usage(
            completion_tokens=20,
            prompt_tokens=11,
            total_tokens=31,
            prompt_tokens_details=PromptDetails(cached_tokens=6, audio_tokens=5),
            completion_tokens_details=CompletionDetails(
                reasoning_tokens=4,
                accepted_prediction_tokens=3,
                rejected_prediction_tokens=2,
                audio_tokens=1,
            ),
        )
        self.assertEqual(Usage.from_dict(data), usage)
        self.assertEqual(usage.to_dict(), data)

    def test_missing_null_and_set(self) -> None:
        data: JSON = {"prompt_tokens": 11, "total_tokens": None}
        data["prompt_tokens_details"] = {}
        usage = Usage.from_dict(data)
        self.assertEqual(usage.prompt_tokens, 11)
        self.assertIs(usage.total_tokens, None)
        self.assertIs(usage.completion_tokens, UNSET)
        self.assertEqual(usage.prompt_tokens_details, PromptDetails())
        self.assertEqual(usage.to_dict(), data)

    def test_an_error_in_details_is_shown_once_with_its_whole_path(self) -> None:
        with self.assertRaises(UsageValidationError) as caught:
            Usage.from_dict({"prompt_tokens_details": {"cached_tokens": "12"}})
        error = caught.exception
        self.assertEqual(error.path, "prompt_tokens_details.cached_tokens")
        self.assertEqual(error.message, "expected an integer or null, got string '12'")
        self.assertTrue(error.__suppress_context__, "The traceback shows two errors.")


def short_name(cls: type[Any]) -> str:
    return cls.__name__.removeprefix("PostV2ProxyCompletions")


# The ways in: each makes an instance of `cls` from the contents of a JSON object.


def from_dict(cls: type[Any], data: Mapping[Any, Any]) -> Any:
    return cls.from_dict(data)


def constructor(cls: type[Any], data: Mapping[Any, Any]) -> Any:
    return cls(**arguments(cls, data))


def replace(cls: type[Any], data: Mapping[Any, Any]) -> Any:
    return dataclasses.replace(cls(), **arguments(cls, data))


def arguments(cls: type[Any], data: Mapping[Any, Any]) -> JSON:
    """Return the constructor's arguments for the contents of a JSON object."""
    fields = {name: data[name] for name in data if name in SCHEMA[cls]}
    unknown = {key: data[key] for key in data if key not in SCHEMA[cls]}
    return {**fields, "additional_properties": unknown}


def only_unknown_keys(cls: type[Any], data: Any) -> Any:
    """Make an instance whose fields are all missing."""
    return cls(additional_properties=data)


Ways: TypeAlias = tuple[Callable[[type[Any], Any], Any], ...]
WAYS_IN: Ways = (from_dict, constructor, replace)


def call(way: Callable[..., Any], cls: type[Any], data: object) -> str:
    """Return how a failure names the way in, the class and the input."""
    return f"{way.__name__}({short_name(cls)}, {data!r})"


class WaysInTestCase(unittest.TestCase):
    """Assertions about every way in."""

    def assert_becomes(self, cls: type[Any], data: Any, expected: JSON) -> None:
        # Representations are compared, because 5 == 5.0 == True and 0.0 == -0.0.
        for way in WAYS_IN:
            instance, msg = way(cls, data), call(way, cls, data)
            self.assertEqual(repr(instance.to_dict()), repr(expected), msg)
            for name in SCHEMA[cls]:
                value: Any = getattr(instance, name)
                value = value.to_dict() if value and name in DETAILS else value
                self.assertEqual(repr(value), repr(expected.get(name, UNSET)), msg)

    def assert_invalid(
        self, data: Any, error: str, cls: type[Any] = Usage, ways_in: Ways = WAYS_IN
    ) -> None:
        for way in ways_in:
            msg = call(way, cls, data)
            with self.assertRaises(UsageValidationError, msg=msg) as caught:
                way(cls, data)
            self.assertEqual(str(caught.exception), error, msg)


class RoundTripTest(WaysInTestCase):
    """Laws 1 and 3."""

    def test_recorded_objects(self) -> None:
        # Each has keys that the schema doesn't name.
        for text in (
            """{"completion_tokens": 11, "prompt_tokens": 3171, "reasoning_tokens": 402,
            "prompt_text_tokens": 1626, "prompt_image_tokens": 1545,
            "cached_prompt_text_tokens": 1280, "cost_in_usd_ticks": "69000000"}""",
            """{"prompt_tokens": 3, "total_tokens": 3, "cost": 6e-08, "is_byok": false,
            "cost_details": {"upstream_inference_completions_cost": 0,
            "upstream_inference_cost": 6e-08}}""",
        ):
            data = json.loads(text)
            self.assert_becomes(Usage, data, data)

    def test_fields_come_first_and_in_schema_order(self) -> None:
        self.assert_becomes(
            Usage,
            {"z": 0, "total_tokens": 31, "a": 1, "prompt_tokens": 11},
            {"prompt_tokens": 11, "total_tokens": 31, "z": 0, "a": 1},
        )

    def test_to_dict_returns_new_dicts(self) -> None:
        for data in (
            {"prompt_tokens_details": {"cached_tokens": 6}, "x_cost": 0.5},
            {"input_tokens": 31},
        ):
            usage = Usage.from_dict(data)
            back = usage.to_dict()
            back.get("prompt_tokens_details", {}).clear()
            back["x_cost"] = 99
            self.assertEqual(usage.to_dict(), data)


class IntEnum(enum.IntEnum):
    MINUS_FIVE = -5


StrSubclass = type("StrSubclass", (str,), {})
FloatSubclass = type("FloatSubclass", (float,), {})  # numpy.float64 is one, too.


class ValidTest(WaysInTestCase):
    """What becomes of a valid value."""

    def assert_count_becomes(self, kind: str, value: object, kept: object) -> None:
        for cls, name, its_kind in COUNT_FIELDS:
            if its_kind == kind:
                self.assert_becomes(cls, {name: value}, {name: kept})

    def test_ints_and_finite_floats_are_kept_in_numbers(self) -> None:
        for count in (0, -1, 2**53 + 1, 10**400, 5.0, 0.5, -2.5, -0.0, 5e-324, 1e308):
            self.assert_count_becomes("number", count, count)

    def test_ints_and_integral_floats_become_ints_in_integers(self) -> None:
        for count in (0, -1, 2**53 + 1, 10**400):
            self.assert_count_becomes("integer", count, count)
        for value, kept in [(5.0, 5), (-5.0, -5), (-0.0, 0), (1e300, int(1e300))]:
            self.assert_count_becomes("integer", value, kept)

    def test_subclasses_of_int_and_float_become_ints_and_floats(self) -> None:
        self.assert_count_becomes("number", IntEnum.MINUS_FIVE, -5)
        self.assert_count_becomes("integer", IntEnum.MINUS_FIVE, -5)
        self.assert_count_becomes("number", FloatSubclass(-2.5), -2.5)
        self.assert_count_becomes("integer", FloatSubclass(-5.0), -5)
        usage = Usage(total_tokens=FloatSubclass(-2.5))
        self.assertIs(type(usage.total_tokens), float)

    def test_unset_is_missing(self) -> None:
        for cls, schema in SCHEMA.items():
            for name in schema:
                self.assert_becomes(cls, {name: UNSET}, {})

    def test_the_total_may_differ_from_the_sum(self) -> None:
        data = {"completion_tokens": 20, "prompt_tokens": 11, "total_tokens": 402}
        self.assert_becomes(Usage, data, data)

    def test_an_instance_is_kept_as_the_details(self) -> None:
        for (name, cls), way in itertools.product(DETAILS_CLASSES.items(), WAYS_IN):
            details = cls(audio_tokens=5)
            kept = getattr(way(Usage, {name: details}), name)
            self.assertIs(kept, details, call(way, Usage, {name: details}))


class AdditionalPropertiesTest(WaysInTestCase):
    def assert_kept(self, data: JSON) -> None:
        for cls, way in itertools.product(SCHEMA, WAYS_IN):
            instance, label = way(cls, data), call(way, cls, data)
            kept, back = instance.additional_properties, instance.to_dict()
            self.assertEqual([*kept], [*data], label)
            self.assertEqual([*back], [*data], label)
            for key, value in data.items():
                self.assertIs(kept[key], value, label)
                self.assertIs(back[key], value, label)

    def test_values_are_neither_checked_nor_copied(self) -> None:
        for value in ({"a": [1]}, [None], object(), NAN, UNSET, decimal.Decimal(1)):
            self.assert_kept({"x": value})

    def test_any_string_can_be_a_key(self) -> None:
        self.assert_kept({"": 1, StrSubclass("key"): 2, "to_dict": 3})
        self.assert_kept({"additional_properties": 4})

    @unittest.skipUnless(sys.implementation.name == "cpython", "needs sys.getsizeof")
    def test_use_no_more_memory_than_an_empty_dict_if_there_are_none(self) -> None:
        # A dict never shrinks when items are popped.
        for cls, schema in SCHEMA.items():
            kept = cls.from_dict(dict.fromkeys(schema)).additional_properties
            self.assertEqual(sys.getsizeof(kept), sys.getsizeof({}), short_name(cls))

    def test_are_not_shared_between_instances(self) -> None:
        for cls, way in itertools.product(SCHEMA, WAYS_IN):
            first, second = way(cls, {}), way(cls, {})
            first.additional_properties["new"] = 99
            self.assertEqual(second.additional_properties, {}, call(way, cls, {}))

    def test_a_field_name_among_them_overrides_the_field_in_to_dict(self) -> None:
        usage: Any = Usage(total_tokens=31)
        usage.additional_properties["total_tokens"] = "many"
        self.assertEqual(usage.to_dict(), {"total_tokens": "many"})


# The kinds of mapping that commonly hold JSON objects.
MAPPINGS: list[Callable[[JSON], Mapping[str, Any]]] = [
    dict,
    lambda data: collections.defaultdict(int, data),
    collections.OrderedDict,
    collections.UserDict,
    collections.ChainMap,
    types.MappingProxyType,
]


class CountingMapping(collections.UserDict[str, Any]):
    """Counts how often each key is read."""

    def __init__(self, data: JSON) -> None:
        self.reads: collections.Counter[str] = collections.Counter()
        super().__init__(data)

    def __getitem__(self, key: str) -> Any:
        self.reads[key] += 1
        return super().__getitem__(key)


class MappingTest(WaysInTestCase):
    def test_any_mapping_is_read(self) -> None:
        data = {"audio_tokens": 31, "Audio_Tokens": None, "x_cost": 0.5}
        for mapping in MAPPINGS:
            for name, cls in DETAILS_CLASSES.items():
                self.assert_becomes(cls, mapping(data), data)
                self.assert_becomes(Usage, mapping({name: mapping(data)}), {name: data})
            kept = Usage(additional_properties=mapping(data)).additional_properties
            self.assertEqual(repr(kept), repr(data))

    def test_is_read_in_one_pass(self) -> None:
        # Otherwise a change made by another thread could produce an invalid instance.
        for way, name in itertools.product(WAYS_IN, DETAILS):
            data = CountingMapping({"audio_tokens": 5, "x": None})
            way(Usage, {name: data})
            reads = {"audio_tokens": 1, "x": 1}
            self.assertEqual(data.reads, reads, call(way, Usage, {name: data}))
        data = CountingMapping({"x": None})
        Usage(additional_properties=data)
        self.assertEqual(data.reads, {"x": 1})

    def test_is_copied(self) -> None:
        for way in WAYS_IN:
            details = {"cached_tokens": 1.0, "more": 2}
            data: JSON = {"prompt_tokens_details": details, "x_cost": 3}
            before = copy.deepcopy(data)
            usage = way(Usage, data)
            self.assertEqual(repr(data), repr(before), way.__name__)
            data["x_cost"] = details["more"] = details["new"] = 99
            self.assertEqual(usage.to_dict(), before, way.__name__)


# Values that are neither a count nor an object, and how an error describes them.
INVALID: list[tuple[Any, str]] = [
    ("12", "string '12'"),
    (StrSubclass("12"), "string '12'"),
    (True, "boolean true"),
    (False, "boolean false"),
    (NAN, "float nan"),
    (-math.inf, "float -inf"),
    (5j, "complex"),
    (decimal.Decimal(5), "Decimal"),
    (b"5", "bytes"),
    ([5], "array"),
    ((5,), "array"),
]


class InvalidTest(WaysInTestCase):
    """Law 4."""

    def test_messages(self) -> None:
        self.assert_invalid(
            {"prompt_tokens": "12"},
            "prompt_tokens: expected a number or null, got string '12'",
        )
        self.assert_invalid(
            {"prompt_tokens_details": {"cached_tokens": 5.5}},
            "prompt_tokens_details.cached_tokens: "
            "expected an integer or null, got number 5.5",
        )
        self.assert_invalid(
            {"completion_tokens_details": []},
            "completion_tokens_details: expected an object or null, got array",
        )

    def test_one_invalid_count_of_three(self) -> None:
        valid = {"completion_tokens": 20, "prompt_tokens": 11, "total_tokens": 31}
        for name in valid:
            error = f"{name}: expected a number or null, got string '12'"
            self.assert_invalid({**valid, name: "12"}, error)

    def test_every_count(self) -> None:
        an_object: Any = {}
        for cls, name, kind in COUNT_FIELDS:
            a_kind = "an integer" if kind == "integer" else "a number"
            for value, found in [*INVALID, (an_object, "object")]:
                error = f"{name}: expected {a_kind} or null, got {found}"
                self.assert_invalid({name: value}, error, cls)

    def test_fractions_in_integers(self) -> None:
        for cls, name, kind in COUNT_FIELDS:
            if kind == "integer":
                error = f"{name}: expected an integer or null, got number -0.5"
                self.assert_invalid({name: -0.5}, error, cls)

    def test_all_details(self) -> None:
        for name, own in DETAILS_CLASSES.items():
            others = [(cls(), cls.__name__) for cls in SCHEMA if cls is not own]
            for value, found in [*INVALID, (7, "integer 7"), *others]:
                error = f"{name}: expected an object or null, got {found}"
                self.assert_invalid({name: value}, error)

    def test_what_is_not_an_object(self) -> None:
        more = [(None, "null"), (UNSET, "Unset"), (IntEnum.MINUS_FIVE, "integer -5")]
        for cls, (value, found) in itertools.product(SCHEMA, [*INVALID, *more]):
            error = f"expected an object, got {found}"
            self.assert_invalid(value, error, cls, (from_dict,))
            error = f"additional_properties: {error}"
            self.assert_invalid(value, error, cls, (only_unknown_keys,))

    def test_keys_that_are_not_strings(self) -> None:
        for key, found in [(1, "integer 1"), (None, "null"), (b"a", "bytes")]:
            data: Any = {"a": 1, key: 2}
            error = f"expected keys that are strings, got {found}"
            for cls in SCHEMA:
                self.assert_invalid(data, error, cls, (from_dict,))
                by_constructor = f"additional_properties: {error}"
                self.assert_invalid(data, by_constructor, cls, (constructor, replace))
            for name in DETAILS:
                self.assert_invalid({name: data}, f"{name}: {error}")

    def test_fields_among_the_additional_properties(self) -> None:
        for cls, schema in SCHEMA.items():
            for name in schema:
                error = (
                    "additional_properties: "
                    f"expected no key that the schema names, got string '{name}'"
                )
                data = {"a": 1, name: None}
                self.assert_invalid(data, error, cls, (only_unknown_keys,))

    def test_the_first_invalid_field_in_schema_order_is_reported(self) -> None:
        for cls, schema in SCHEMA.items():
            for first, second in itertools.pairwise(schema):
                with self.assertRaises(UsageValidationError) as caught:
                    cls.from_dict({second: "second", first: "first"})
                self.assertEqual(caught.exception.path, first)


class RaisingMapping(collections.UserDict[str, Any]):
    """Raises an error when it is read, as a lazy mapping may."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        super().__init__()

    def keys(self) -> Any:
        raise self.error


class PropagationTest(WaysInTestCase):
    """Law 4 for exceptions raised by a mapping's own code."""

    def test_exceptions_propagate_unchanged(self) -> None:
        for error in (KeyError("x"), AttributeError("x"), UsageValidationError("x")):
            mapping = RaisingMapping(error)
            calls: list[Any] = [(from_dict, mapping), (only_unknown_keys, mapping)]
            calls += itertools.product(WAYS_IN, [{name: mapping} for name in DETAILS])
            for way, data in calls:
                label = f"{error!r} in {call(way, Usage, data)}"
                with self.assertRaises(type(error), msg=label) as caught:
                    way(Usage, data)
                self.assertIs(caught.exception, error, label)
                self.assertIsNone(error.__context__, label)


class ErrorTest(WaysInTestCase):
    ERROR = UsageValidationError("expected this, got that", path="a.b")

    def test_is_a_value_error_that_shows_its_path_and_message(self) -> None:
        self.assertIsInstance(self.ERROR, ValueError)
        self.assertEqual(str(self.ERROR), "a.b: expected this, got that")
        text = "UsageValidationError('expected this, got that', 'a.b')"
        self.assertEqual(repr(self.ERROR), text)
        self.assertEqual(str(UsageValidationError("expected this")), "expected this")

    def test_survives_copy_and_pickle(self) -> None:
        pickles = [pickle.dumps(self.ERROR, protocol) for protocol in PROTOCOLS]
        copies = [copy.copy(self.ERROR), copy.deepcopy(self.ERROR)]
        for same in [*copies, *map(pickle.loads, pickles)]:
            self.assertEqual(repr(same), repr(self.ERROR))
            self.assertEqual((same.message, same.path), self.ERROR.args)

    def test_shows_at_most_60_characters_of_what_was_found(self) -> None:
        values: list[tuple[Any, str]] = [
            ("x" * 51, f"string '{'x' * 51}'"),
            ("x" * 52, f"string '{'x' * 49}..."),
            ("a\nb\u2028", r"string 'a\nb\u2028'"),
            (10**52, f"integer 1{'0' * 48}..."),
            (type("A" * 61, (), {})(), f"{'A' * 57}..."),
        ]
        for value, found in values:
            error = f"expected an object, got {found}"
            self.assert_invalid(value, error, ways_in=(from_dict,))


def example() -> Usage:
    """Return a `Usage` with missing, null and set fields, and with unknown keys."""
    return Usage(
        prompt_tokens=11,
        total_tokens=None,
        prompt_tokens_details=PromptDetails.from_dict({"x_image_tokens": 3}),
        additional_properties={"x_cost": {"usd": [0.5, None]}},
    )


class CopyTest(unittest.TestCase):
    """Law 2 for copies."""

    def test_copies_are_equal_and_independent(self) -> None:
        for function in (copy.copy, dataclasses.replace, copy.deepcopy):
            usage = example()
            same: Any = function(usage)
            self.assertEqual(repr(same), repr(usage), function.__name__)
            self.assertEqual(same, usage, function.__name__)
            same.additional_properties["new"] = 99
            self.assertEqual(usage, example(), function.__name__)

    def test_only_deepcopy_copies_the_values_of_unknown_keys(self) -> None:
        usage = example()
        cost = usage.additional_properties["x_cost"]
        for function in (copy.copy, dataclasses.replace):
            same = function(usage).additional_properties["x_cost"]
            self.assertIs(same, cost, function.__name__)
        self.assertIsNot(copy.deepcopy(usage).additional_properties["x_cost"], cost)


class PickleTest(unittest.TestCase):
    """Law 2 for pickles."""

    def test_holds_a_dict_and_the_name_of_a_function(self) -> None:
        restore, arguments = example().__reduce__()
        self.assertEqual(arguments, (Usage, example().to_dict()))
        # Pickles refer to the function by its name, which must never change.
        self.assertEqual(restore.__module__, "usage_models")
        self.assertEqual(restore.__qualname__, "_restore")

    def test_survives_every_protocol(self) -> None:
        for protocol in PROTOCOLS:
            loaded = pickle.loads(pickle.dumps(example(), protocol))
            self.assertEqual(repr(loaded), repr(example()), f"protocol {protocol}")

    def test_is_validated(self) -> None:
        restore, (cls, _) = example().__reduce__()
        with self.assertRaises(UsageValidationError) as caught:
            restore(cls, {"total_tokens": True})
        self.assertEqual(caught.exception.path, "total_tokens")


class UnsetTest(unittest.TestCase):
    """Law 3 for encoders and pickles."""

    def test_is_false_and_its_enums_only_member(self) -> None:
        self.assertEqual(list(Unset), [UNSET])
        self.assertFalse(UNSET, "UNSET is true")

    def test_reads_as_its_name(self) -> None:
        self.assertEqual([repr(UNSET), str(UNSET), f"{UNSET}"], ["UNSET"] * 3)

    def test_keeps_its_identity_when_copied_or_pickled(self) -> None:
        self.assertIs(copy.copy(UNSET), UNSET)
        self.assertIs(copy.deepcopy(UNSET), UNSET)
        for protocol in PROTOCOLS:
            loaded = pickle.loads(pickle.dumps(UNSET, protocol))
            self.assertIs(loaded, UNSET, f"protocol {protocol}")

    def test_is_pickled_as_an_attribute_of_its_class(self) -> None:
        # cloudpickle needs this where the module can't be imported: there, it pickles
        # the class by value.
        self.assertEqual(UNSET.__reduce_ex__(4), (getattr, (Unset, "UNSET")))

    def test_json_cannot_encode_it_without_a_default(self) -> None:
        for value in (UNSET, UNSET.value, dataclasses.asdict(Usage())):
            with self.assertRaisesRegex(TypeError, "(?i)unset is not JSON"):
                json.dumps(value)
        for value in (UNSET, UNSET.value):
            self.assertEqual(json.dumps(value, default=str), '"UNSET"')
            self.assertEqual(json.dumps(value, default=repr), '"UNSET"')

    def test_encoders_find_no_attributes_to_write(self) -> None:
        # For an object of an unknown class, some write its `__dict__`, which is what
        # `vars` returns, or the attributes that its `__slots__` list.
        with self.assertRaises(TypeError):
            json.dumps(UNSET.value, default=vars)
        self.assertNotIn("__dict__", dir(UNSET.value))
        self.assertNotIn("__slots__", dir(UNSET.value))


class ClassTest(unittest.TestCase):
    def test_takes_keyword_arguments_only(self) -> None:
        for cls in SCHEMA:
            with self.assertRaises(TypeError, msg=short_name(cls)):
                cls(1)

    def test_is_frozen_and_has_slots(self) -> None:
        for cls in SCHEMA:
            instance = cls()
            for field in dataclasses.fields(cls):
                label = f"{short_name(cls)}.{field.name}"
                with self.assertRaises(dataclasses.FrozenInstanceError, msg=label):
                    setattr(instance, field.name, 1)
            self.assertNotIn("__dict__", dir(instance), short_name(cls))

    def test_is_final(self) -> None:
        for cls in SCHEMA:
            for bases in ((cls,), (type("Mixin", (), {}), cls)):
                with self.assertRaisesRegex(TypeError, f"{cls.__name__}.* is final"):
                    type("Subclass", bases, {"__annotations__": {"job": int}})

    def test_instances_are_equal_if_their_fields_are(self) -> None:
        for cls, schema in SCHEMA.items():
            different = [cls(), cls.from_dict({"x_cost": 1})]
            for name in schema:
                value: Any = {} if name in DETAILS else 0
                different += [cls.from_dict({name: None}), cls.from_dict({name: value})]
            for one, other in itertools.combinations(different, 2):
                self.assertNotEqual(one, other)
            self.assertEqual(len({*different, *different}), len(different))
            self.assertEqual(hash(different[0]), hash(different[1]), short_name(cls))
        self.assertNotEqual(PromptDetails(), CompletionDetails())

    def test_type_hints(self) -> None:
        types_of: JSON = {"number": int | float, "integer": int, **DETAILS_CLASSES}
        for cls, schema in SCHEMA.items():
            expected: list[tuple[str, Any]] = []
            for name, kind in schema.items():
                hint = types_of[name if name in DETAILS else kind]
                expected.append((name, hint | None | Unset))
            expected.append(("additional_properties", Mapping[str, Any]))
            hints = typing.get_type_hints(cls)
            self.assertEqual([*hints.items()], expected, short_name(cls))


class ModuleTest(unittest.TestCase):
    def test_exports(self) -> None:
        names = ["UNSET", "OptionalNullable", "Unset", "UsageValidationError"]
        names += [cls.__name__ for cls in SCHEMA]
        self.assertEqual(sorted(usage_models.__all__), sorted(names))

    def test_runs_silently_under_python_flags(self) -> None:
        for flags in (["-I"], ["-O"], ["-OO"], ["-W", "error"]):
            command = [sys.executable, *flags, str(MODULE)]
            result = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(result.stdout + result.stderr, "", f"with {flags}")
            self.assertEqual(result.returncode, 0, f"with {flags}")

    def test_imports_no_more_than_it_needs(self) -> None:
        source = MODULE.read_text(encoding="utf-8")
        imported = re.findall(r"(?m)^ *(?:from|import) (\S+)", source)
        expected = ["collections.abc", "dataclasses", "enum", "math", "typing"]
        self.assertEqual(imported, expected)

    def test_instances_of_another_copy_are_invalid(self) -> None:
        other: Any = types.ModuleType("other")
        exec(MODULE.read_text(encoding="utf-8"), other.__dict__)
        details = other.PostV2ProxyCompletionsPromptTokensDetails(cached_tokens=1)
        for data in ({"prompt_tokens_details": details}, {"total_tokens": other.UNSET}):
            with self.assertRaises(UsageValidationError, msg=f"{data}"):
                Usage.from_dict(data)
        self.assertNotEqual(other.PostV2ProxyCompletionsUsage(), Usage())


class DocumentationTest(unittest.TestCase):
    def assert_examples_pass(
        self, text: str, file: str, line: int, names: JSON
    ) -> None:
        report = io.StringIO()
        test = doctest.DocTestParser().get_doctest(text, names, file, file, line)
        runner = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST)
        results = runner.run(test, out=report.write)
        self.assertGreater(results.attempted, 0, f"no examples in {file}")
        self.assertEqual(results.failed, 0, report.getvalue())

    def test_example_of_the_module(self) -> None:
        self.assert_examples_pass(usage_models.__doc__ or "", MODULE.name, 0, {})

    def test_each_example_of_readme_runs_alone(self) -> None:
        names: JSON = {}
        for block in re.finditer(r"(?ms)^```pycon\n(.*?)^```$", README):
            line = README.count("\n", 0, block.start(1))
            with self.subTest(f"README.md, line {line + 1}"):
                for package in re.findall(r"from (genai_prices|pydantic) ", block[1]):
                    if not importlib.util.find_spec(package):
                        self.skipTest(f"{package} is not installed")
                self.assert_examples_pass(block[1], "README.md", line, {**names})
            # The other examples may use what the first one imports.
            names = {"Usage": Usage}

    def test_first_command_of_readme(self) -> None:
        pattern = r"(?s)echo '(.*?)' \| python3 -c '(.*?)'\n```\n\nIt prints `(.*?)`"
        ((body, code, printed),) = re.findall(pattern, README)
        command = [sys.executable, "-c", code]
        result = subprocess.run(
            command, input=body, capture_output=True, cwd=MODULE.parent, text=True
        )
        self.assertEqual(result.stdout + result.stderr, f"{printed}\n")

    def test_readme_gives_the_test_command(self) -> None:
        commands = re.findall(r"(?m)^```sh\n(python3 .*)\n```$", README)
        self.assertEqual(commands, ["python3 -m unittest"])

    def test_readme_lists_every_field(self) -> None:
        listed = re.findall(r"(?m)^\| `([\w.]+)` \| (number|integer) \|", README)
        expected: list[tuple[str, str]] = [*COUNTS.items()]
        for name, schema in DETAILS.items():
            expected += [(f"{name}.{field}", kind) for field, kind in schema.items()]
        self.assertEqual(listed, expected)


class WithRandomObjectsTest(WaysInTestCase):
    """Valid objects, and the same objects with one invalid value."""

    def setUp(self) -> None:
        self.random = random.Random(2025)

    def valid_object(self, schema: JSON) -> JSON:
        data: JSON = {}
        for name, kind in schema.items():
            if name in DETAILS:
                value: Any = self.valid_object(kind)
            else:
                value = self.random.choice([0, -1, 7, 2**53 + 1])
            data[name] = self.random.choice([UNSET, None, value])
        unknown = self.random.choice(["x_cost", "to_dict", ""])
        data[unknown] = self.random.choice([UNSET, None, 0.5, {"usd": [1]}])
        return {key: value for key, value in data.items() if value is not UNSET}

    def test_valid_objects_survive_a_round_trip(self) -> None:
        for cls, schema in [*SCHEMA.items()] * 200:
            data = self.valid_object(schema)
            self.assert_becomes(cls, self.random.choice(MAPPINGS)(data), data)

    def test_an_invalid_value_is_reported_with_its_path(self) -> None:
        for _ in range(300):
            place = data = self.valid_object(SCHEMA[Usage])
            path = name = self.random.choice([*SCHEMA[Usage]])
            if isinstance(data.get(name), dict):
                place, name = data[name], self.random.choice([*DETAILS[name]])
                path = f"{path}.{name}"
            place[name], _ = self.random.choice(INVALID)
            for way in WAYS_IN:
                label = call(way, Usage, data)
                with self.assertRaises(UsageValidationError, msg=label) as caught:
                    way(Usage, data)
                self.assertEqual(caught.exception.path, path, label)


def missing_pieces() -> Iterator[str]:
    """Yield what the schema or the module lacks, in the order in which to add it."""
    for cls, schema in SCHEMA.items():
        name = short_name(cls)
        fields = [field.name for field in dataclasses.fields(cls)]
        for field in fields:
            if field not in (*schema, "additional_properties"):
                yield f"SCHEMA leaves out {name}.{field}"
        for field in (*schema, "additional_properties"):
            if field not in fields:
                yield f"{name} leaves out {field}"
            if field not in documented_fields(cls):
                yield f"{name} doesn't say what {field} means"
        for field in schema:
            set_or_null: list[Any] = [{} if field in DETAILS else 0, None]
            for value in set_or_null:
                verb = "loses a null" if value is None else "leaves out"
                read = cls.from_dict({field: value})
                if getattr(read, field, UNSET) is UNSET:
                    yield f"{name}.from_dict {verb} {field}"
                elif field not in read.to_dict():
                    yield f"{name}.to_dict {verb} {field}"


def documented_fields(cls: type[Any]) -> list[str]:
    """Return the fields that are followed by a docstring."""
    (definition,) = ast.parse(inspect.getsource(cls)).body
    statements = definition.body if isinstance(definition, ast.ClassDef) else []
    return [
        ast.unparse(field.target)
        for field, following in itertools.pairwise(statements)
        if isinstance(field, ast.AnnAssign) and isinstance(following, ast.Expr)
    ]


def setUpModule() -> None:
    """Run no test if a piece is missing or a way in fails: most would fail, too."""
    if piece := next(missing_pieces(), None):
        raise AssertionError(piece)
    for way, cls in itertools.product(WAYS_IN, SCHEMA):
        data = {"x": 0}
        if way(cls, data).additional_properties is data:
            raise AssertionError(f"{way.__name__} doesn't copy what it reads")


if TYPE_CHECKING:
    from typing_extensions import assert_never, assert_type

    def typed(usage: Usage) -> None:
        # What README.md teaches, for the type checkers. Each ignore marks an error that
        # they must report. If they don't, they report the ignore as unused instead.
        assert_type(usage.total_tokens or 0, int | float)
        if usage.total_tokens is not UNSET:
            assert_type(usage.total_tokens, int | float | None)
        if usage.prompt_tokens_details:
            assert_type(usage.prompt_tokens_details, PromptDetails)
            assert_type(usage.prompt_tokens_details.cached_tokens or 0, int)
        if usage.completion_tokens_details:
            assert_type(usage.completion_tokens_details, CompletionDetails)
        assert_type(Usage.from_dict({}), Usage)
        assert_type(usage.to_dict(), dict[str, Any])
        match usage.total_tokens:
            case float() | None | Unset.UNSET:
                pass
            case _:  # an int, which isn't a float at run time
                assert_never(usage.total_tokens)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

        usage.total_tokens = 31  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
        usage.additional_properties["x_cost"] = 1  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
        UsageValidationError(0)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        Usage(31)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
        Usage(total_tokens="31")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    class FinalUsage(Usage): ...  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]

    class FinalPrompt(PromptDetails): ...  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]

    class FinalCompletion(CompletionDetails): ...  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
