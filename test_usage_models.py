"""Tests of usage_models. Run them with `python3 -m unittest`.

They hold four laws:

1. Lossless: `from_dict(x).to_dict() == x` for every valid object, even where it has
   unknown keys. Only an integral float in an integer field becomes an int.
2. Always valid: however an instance is made, JSON can represent it, and it survives a
   round trip. Every way of making one goes through `from_dict`.
3. Three states: a field is `UNSET` (missing), `None` (null) or its value. `UNSET` never
   turns into data: encoders raise, or write text that says UNSET.
4. One error: every invalid input raises `UsageValidationError`, which names the path,
   what was expected and what was found. An exception of the caller's own propagates.
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
DETAILS_CLASSES = dict(zip(DETAILS, [PromptDetails, CompletionDetails], strict=True))
EXPECTED = {"number": "a number or null", "integer": "an integer or null"}

# Recorded objects that hold more than the schema names.
RECORDED = """
{"completion_tokens": 11, "prompt_tokens": 3171, "prompt_text_tokens": 1626,
 "prompt_image_tokens": 1545, "reasoning_tokens": 402,
 "cached_prompt_text_tokens": 1280, "cost_in_usd_ticks": "69000000"}

{"completion_tokens": 118, "completion_tokens_details": {"reasoning_tokens": 108},
 "prompt_tokens": 20, "prompt_tokens_details": {"cached_tokens": 0,
 "multimodal_tokens": null}, "total_tokens": 138}

{"cost": 6e-08, "cost_details": {"upstream_inference_completions_cost": 0,
 "upstream_inference_cost": 6e-08, "upstream_inference_prompt_cost": 6e-08},
 "is_byok": false, "prompt_tokens": 3, "total_tokens": 3}
"""


def example() -> Usage:
    """Return a usage object with fields in all three states and unknown keys."""
    return Usage(
        prompt_tokens=11,
        total_tokens=None,
        prompt_tokens_details=PromptDetails(
            cached_tokens=None, additional_properties={"x_image_tokens": 3}
        ),
        additional_properties={"x_cost": {"usd": [0.5, None]}},
    )


# The ways in: each makes an instance of `cls` from the contents of a JSON object.


def from_dict(cls: type[Any], data: Any) -> Any:
    return cls.from_dict(data)


def constructor(cls: type[Any], data: Any) -> Any:
    return cls(**arguments(cls, data))


def replace(cls: type[Any], data: Any) -> Any:
    # Python 3.13 introduced `copy.replace`.
    function = getattr(copy, "replace", dataclasses.replace)
    return function(cls(), **arguments(cls, data))


def arguments(cls: type[Any], data: Any) -> JSON:
    fields = {name: data[name] for name in SCHEMA[cls] if name in data}
    unknown = {key: data[key] for key in data if key not in SCHEMA[cls]}
    return {**fields, "additional_properties": unknown}


def additional_properties(cls: type[Any], data: Any) -> Any:
    """Make an instance that has no fields: `data` holds unknown keys alone."""
    return cls(additional_properties=data)


WAYS_IN = (from_dict, constructor, replace)
WAYS_AND_CLASSES = list(itertools.product(WAYS_IN, SCHEMA))


def all_fields(kind: str) -> Iterator[tuple[Any, type[Any], str]]:
    """Yield every field of a JSON type, with its class and each way in."""
    for way, cls in WAYS_AND_CLASSES:
        for name, its_kind in SCHEMA[cls].items():
            if its_kind == kind:
                yield way, cls, name


def call(way: Any, cls: type[Any], what: object = "") -> str:
    """Return how a failure names a way in, a class and what went in."""
    return f"{way.__name__}({short_name(cls)}) {what}"


def short_name(cls: type[Any]) -> str:
    return cls.__name__.removeprefix("PostV2ProxyCompletions")


class IntEnum(enum.IntEnum):
    FIVE = 5


StrSubclass = type("StrSubclass", (str,), {})
FloatSubclass = type("FloatSubclass", (float,), {})  # as numpy.float64 is


class RaisingMapping(collections.UserDict[str, Any]):
    """Raises when it is read, with an error that might be taken for the module's."""

    def keys(self) -> Any:
        raise UsageValidationError("the caller's own code")


class LazyMapping(collections.UserDict[str, Any]):
    """Raises when it is read, like a lazy mapping whose loader has a mistake."""

    def keys(self) -> Any:
        raise AttributeError("the caller's own code")


class CountingMapping(collections.UserDict[str, Any]):
    """Counts how often it is iterated and each of its keys is read."""

    def __init__(self, data: JSON) -> None:
        self.reads: collections.Counter[str] = collections.Counter()
        super().__init__(data)

    def __iter__(self) -> Iterator[str]:
        self.reads["iterations"] += 1
        return super().__iter__()

    def __getitem__(self, key: str) -> Any:
        self.reads[key] += 1
        return super().__getitem__(key)


# Every kind of mapping in which people hold JSON objects.
MAPPINGS: list[Callable[[dict[Any, Any]], Mapping[Any, Any]]] = [
    dict,
    lambda data: collections.defaultdict(int, data),
    collections.OrderedDict,
    collections.UserDict,
    collections.ChainMap,
    types.MappingProxyType,
]

# Invalid values, each with what an error says was found.
SCALARS_AND_ARRAYS: list[tuple[Any, str]] = [
    ("12", "string '12'"),
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
FRACTIONS: list[tuple[Any, str]] = [(5.5, "number 5.5"), (-1e-9, "number -1e-09")]
NOT_COUNTS: list[tuple[Any, str]] = [
    *SCALARS_AND_ARRAYS,
    ({}, "object"),
    (collections.UserDict(), "object"),
]
NOT_OBJECTS: list[tuple[Any, str]] = [
    *SCALARS_AND_ARRAYS,
    *FRACTIONS,
    ([("total_tokens", 1)], "array"),
    (7, "integer 7"),
    (IntEnum.FIVE, "integer 5"),
]
NOT_STRINGS: list[tuple[Any, str]] = [
    (1, "integer 1"),
    (None, "null"),
    (b"total_tokens", "bytes"),
    (("total_tokens",), "array"),
]


def missing_pieces() -> Iterator[str]:
    """Yield what the schema above or the module lacks, in the order of README.md."""
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
    """Run no test if a piece is missing or the example raises: most would fail."""
    if piece := next(missing_pieces(), None):
        raise AssertionError(piece)
    example()


class UnsetTest(unittest.TestCase):
    """Law 3. Many encoders write an enum member as its value."""

    def test_is_the_only_member_of_its_enum_and_false(self) -> None:
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
        by_earlier_versions = b"cusage_models\nUNSET\n."
        self.assertIs(pickle.loads(by_earlier_versions), UNSET)

    def test_can_be_pickled_where_the_module_cannot_be_imported(self) -> None:
        # There, cloudpickle pickles the class by value. Here, a persistent id does.
        class Pickler(pickle.Pickler):
            def persistent_id(self, obj: Any) -> str | None:
                return "Unset" if obj is Unset else None

        class Unpickler(pickle.Unpickler):
            def persistent_load(self, pid: str) -> type[Unset]:
                return Unset

        for protocol in PROTOCOLS:
            file = io.BytesIO()
            Pickler(file, protocol).dump(UNSET)
            self.assertNotIn(b"usage_models", file.getvalue())
            file.seek(0)
            self.assertIs(Unpickler(file).load(), UNSET, f"protocol {protocol}")

    def test_json_cannot_encode_it_without_a_default(self) -> None:
        for value in (UNSET, UNSET.value, dataclasses.asdict(Usage())):
            with self.assertRaisesRegex(TypeError, "(?i)unset is not JSON"):
                json.dumps(value)
        for value in (UNSET, UNSET.value):
            self.assertEqual(json.dumps(value, default=str), '"UNSET"')
            self.assertEqual(json.dumps(value, default=repr), '"UNSET"')

    def test_encoders_find_no_attributes_to_write(self) -> None:
        # Some write an object that they don't know as its `__dict__`, which is what
        # `vars` returns, or as the attributes that its `__slots__` list.
        with self.assertRaises(TypeError):
            json.dumps(UNSET.value, default=vars)
        self.assertNotIn("__dict__", dir(UNSET.value))
        self.assertNotIn("__slots__", dir(UNSET.value))


class RoundTripTest(unittest.TestCase):
    """Laws 1 and 3."""

    def assert_reads_as(self, instance: object, data: JSON, schema: JSON) -> None:
        for name in schema:
            value = data.get(name, UNSET)
            if isinstance(value, dict):
                self.assert_reads_as(getattr(instance, name), data[name], schema[name])
            else:
                self.assertIs(getattr(instance, name), value, f"{name} of {data}")

    def test_every_combination_of_missing_null_and_set(self) -> None:
        for cls, schema in SCHEMA.items():
            states: list[list[JSON]] = []
            for number, name in enumerate(schema):
                value: Any = {"audio_tokens": None} if name in DETAILS else number
                states.append([{}, {name: None}, {name: value}])
            for way, fields in itertools.product(WAYS_IN, itertools.product(*states)):
                data = dict(collections.ChainMap(*fields))
                instance = way(cls, data)
                self.assert_reads_as(instance, data, schema)
                back = instance.to_dict()
                self.assertEqual(back, data, call(way, cls, data))
                again = cls.from_dict(back)
                self.assertEqual(again, instance)
                self.assertEqual(hash(again), hash(instance), repr(instance))

    def test_recorded_objects(self) -> None:
        for text in RECORDED.split("\n\n"):
            data = json.loads(text)
            usage = Usage.from_dict(data)
            self.assert_reads_as(usage, data, SCHEMA[Usage])
            back = json.dumps(usage.to_dict(), sort_keys=True)
            self.assertEqual(back, json.dumps(data, sort_keys=True))

    def test_fields_come_first_and_in_schema_order(self) -> None:
        for way, cls in WAYS_AND_CLASSES:
            schema = SCHEMA[cls]
            data: JSON = {"z": 0, **dict.fromkeys(reversed(schema)), "a": 1}
            keys = [*way(cls, data).to_dict()]
            self.assertEqual(keys, [*schema, "z", "a"], call(way, cls))

    def test_to_dict_returns_a_new_dict(self) -> None:
        usage = example()
        back = usage.to_dict()
        self.assertIs(type(back), dict)
        back["prompt_tokens_details"]["cached_tokens"] = 99
        back["prompt_tokens_details"]["new"] = 99
        back["total_tokens"] = back["x_cost"] = back["new"] = 99
        self.assertEqual(usage, example())

    def test_to_dict_returns_a_new_dict_where_all_keys_are_unknown(self) -> None:
        for way, cls in WAYS_AND_CLASSES:
            instance = way(cls, {"input_tokens": 31})
            instance.to_dict()["new"] = 99
            expected = {"input_tokens": 31}
            self.assertEqual(instance.additional_properties, expected, call(way, cls))


class FieldTest(unittest.TestCase):
    """What becomes of a valid value, whatever the way in."""

    def assert_becomes(self, kind: str, given: Any, kept: object) -> None:
        for way, cls, name in all_fields(kind):
            value: object = getattr(way(cls, {name: given}), name)
            # The representation distinguishes -0.0 from 0.0.
            self.assertEqual(repr(value), repr(kept), call(way, cls, name))
            self.assertIs(type(value), type(kept), call(way, cls, name))

    def test_ints_of_any_size_and_sign_are_kept(self) -> None:
        for kind, count in itertools.product(EXPECTED, (0, -1, 2**53 + 1, 10**400)):
            self.assert_becomes(kind, count, count)

    def test_floats_are_kept_in_numbers(self) -> None:
        for count in (5.0, 0.5, -2.5, -0.0, 5e-324, sys.float_info.max):
            self.assert_becomes("number", count, count)

    def test_integral_floats_become_ints_in_integers(self) -> None:
        for given, kept in ((5.0, 5), (-5.0, -5), (-0.0, 0), (1e300, int(1e300))):
            self.assert_becomes("integer", given, kept)

    def test_subclasses_of_int_and_float_become_ints_and_floats(self) -> None:
        for kind in EXPECTED:
            self.assert_becomes(kind, IntEnum.FIVE, 5)
        self.assert_becomes("number", FloatSubclass(-2.5), -2.5)
        self.assert_becomes("integer", FloatSubclass(-5.0), -5)

    def test_unset_is_missing(self) -> None:
        for way, cls in WAYS_AND_CLASSES:
            for name in SCHEMA[cls]:
                instance = way(cls, {name: UNSET})
                self.assertIs(getattr(instance, name), UNSET, call(way, cls, name))
                self.assertEqual(instance.to_dict(), {}, call(way, cls, name))

    def test_an_instance_is_kept_as_the_details(self) -> None:
        for way, (name, cls) in itertools.product(WAYS_IN, DETAILS_CLASSES.items()):
            details = cls()
            kept = getattr(way(Usage, {name: details}), name)
            self.assertIs(kept, details, call(way, cls))


class AdditionalPropertiesTest(unittest.TestCase):
    def assert_kept(self, data: JSON) -> None:
        for way, cls in WAYS_AND_CLASSES:
            instance = way(cls, data)
            kept, back = instance.additional_properties, instance.to_dict()
            self.assertEqual(repr(kept), repr(data), call(way, cls))
            self.assertEqual([*back], [*data], call(way, cls))
            for key, value in data.items():
                self.assertIs(kept[key], value, call(way, cls, key))
                self.assertIs(back[key], value, call(way, cls, key))

    def test_values_are_neither_checked_nor_copied(self) -> None:
        for value in ({"a": [1]}, [None], object(), NAN, UNSET, decimal.Decimal(1)):
            self.assert_kept({"x": value})

    def test_any_string_is_a_key(self) -> None:
        self.assert_kept({"": 1, StrSubclass("key"): 2, "to_dict": 3})
        self.assert_kept({"additional_properties": 4})

    @unittest.skipUnless(sys.implementation.name == "cpython", "needs sys.getsizeof")
    def test_are_as_small_as_an_empty_dict_if_there_are_none(self) -> None:
        # A dict never shrinks when items are popped.
        for cls, schema in SCHEMA.items():
            kept = cls.from_dict(dict.fromkeys(schema)).additional_properties
            self.assertEqual(sys.getsizeof(kept), sys.getsizeof({}), short_name(cls))

    def test_are_not_shared_between_instances(self) -> None:
        for way, cls in WAYS_AND_CLASSES:
            first, second = way(cls, {}), way(cls, {})
            first.additional_properties["new"] = 99
            self.assertEqual(second.additional_properties, {}, call(way, cls))

    def test_a_field_name_among_them_overrides_the_field_in_to_dict(self) -> None:
        usage: Any = Usage(total_tokens=31)
        usage.additional_properties["total_tokens"] = "many"
        self.assertEqual(usage.to_dict(), {"total_tokens": "many"})


class MappingTest(unittest.TestCase):
    def test_any_mapping_is_read(self) -> None:
        expected: JSON = {"audio_tokens": 31, "Audio_Tokens": {}, "x_cost": 0.5}
        for mapping in MAPPINGS:
            data = mapping(expected)
            with self.subTest(type(data).__name__):
                for cls in SCHEMA:
                    self.assertEqual(cls.from_dict(data).to_dict(), expected)
                for way, name in itertools.product(WAYS_IN, DETAILS):
                    usage = way(Usage, {name: data})
                    self.assertEqual(
                        usage.to_dict(), {name: expected}, call(way, Usage)
                    )
                kept = Usage(additional_properties=data).additional_properties
                self.assertEqual(repr(kept), repr(expected))

    def test_is_read_in_one_pass(self) -> None:
        # Otherwise a change made by another thread could produce an invalid instance.
        for cls, schema in SCHEMA.items():
            data = CountingMapping(dict.fromkeys([*schema, "x"]))
            cls.from_dict(data)
            unknown = CountingMapping(dict.fromkeys(["x", "y"]))
            cls(additional_properties=unknown)
            for mapping in (data, unknown):
                once = {"iterations": 1, **dict.fromkeys(mapping.data, 1)}
                self.assertEqual(mapping.reads, once, short_name(cls))

    def test_of_details_is_read_in_one_pass(self) -> None:
        for way, (name, schema) in itertools.product(WAYS_IN, DETAILS.items()):
            data = CountingMapping(dict.fromkeys([*schema, "x"]))
            way(Usage, {name: data})
            once = {"iterations": 1, **dict.fromkeys(data.data, 1)}
            self.assertEqual(data.reads, once, call(way, Usage, name))

    def test_is_copied(self) -> None:
        for way in WAYS_IN:
            details = {"cached_tokens": 1.0, "more": 2}
            data: JSON = {"prompt_tokens_details": details, "x_cost": 3}
            before = copy.deepcopy(data)
            usage = way(Usage, data)
            self.assertEqual(repr(data), repr(before), call(way, Usage))
            data["x_cost"] = details["more"] = details["cached_tokens"] = 99
            data["new"] = details["new"] = 99
            self.assertEqual(usage.to_dict(), before, call(way, Usage))


class InvalidTest(unittest.TestCase):
    """Law 4, whatever the way in."""

    def assert_invalid(self, path: str, message: str, way: Any, *given: Any) -> None:
        said = call(way, given[0], f"{path}: {message}")
        with self.assertRaises(UsageValidationError, msg=said) as caught:
            way(*given)
        error = caught.exception
        self.assertEqual((error.message, error.path), (message, path), said)
        self.assertEqual(error.args, (message, path), said)
        shown = (
            error.__cause__,
            None if error.__suppress_context__ else error.__context__,
        )
        self.assertEqual(shown, (None, None), said)

    def test_counts(self) -> None:
        for kind, expected in EXPECTED.items():
            for way, cls, name in all_fields(kind):
                for value, found in NOT_COUNTS:
                    message = f"expected {expected}, got {found}"
                    self.assert_invalid(name, message, way, cls, {name: value})

    def test_fractions_in_integers(self) -> None:
        for way, cls, name in all_fields("integer"):
            for value, found in FRACTIONS:
                message = f"expected an integer or null, got {found}"
                self.assert_invalid(name, message, way, cls, {name: value})

    def test_counts_in_details(self) -> None:
        for way, (details, schema) in itertools.product(WAYS_IN, DETAILS.items()):
            for name, kind in schema.items():
                path, data = f"{details}.{name}", {details: {name: True}}
                message = f"expected {EXPECTED[kind]}, got boolean true"
                self.assert_invalid(path, message, way, Usage, data)

    def test_details(self) -> None:
        for way, (name, cls) in itertools.product(WAYS_IN, DETAILS_CLASSES.items()):
            others = [(other(), other.__name__) for other in SCHEMA if other is not cls]
            for value, found in [*NOT_OBJECTS, *others]:
                message = f"expected an object or null, got {found}"
                self.assert_invalid(name, message, way, Usage, {name: value})

    def test_objects(self) -> None:
        more = [(None, "null"), (UNSET, "Unset"), (Usage(), Usage.__name__)]
        for cls, (value, found) in itertools.product(SCHEMA, [*NOT_OBJECTS, *more]):
            message = f"expected an object, got {found}"
            self.assert_invalid("", message, from_dict, cls, value)
            path = "additional_properties"
            self.assert_invalid(path, message, additional_properties, cls, value)

    def test_keys(self) -> None:
        for key, found in NOT_STRINGS:
            message = f"expected keys that are strings, got {found}"
            for data in ({"a": 1, key: 2}, {key: 2, "a": 1}):
                for way, cls in WAYS_AND_CLASSES:
                    path = "" if way is from_dict else "additional_properties"
                    self.assert_invalid(path, message, way, cls, data)
                for way, name in itertools.product(WAYS_IN, DETAILS):
                    self.assert_invalid(name, message, way, Usage, {name: data})

    def test_fields_among_the_additional_properties(self) -> None:
        path = "additional_properties"
        for cls, schema in SCHEMA.items():
            for name in schema:
                message = f"expected no key that the schema names, got string '{name}'"
                data = {"a": 1, name: None}
                self.assert_invalid(path, message, additional_properties, cls, data)

    def test_the_first_invalid_field_in_schema_order_is_reported(self) -> None:
        for way, cls in WAYS_AND_CLASSES:
            for first, second in itertools.pairwise(SCHEMA[cls]):
                with self.assertRaises(UsageValidationError) as caught:
                    way(cls, {second: "second", first: "first"})
                self.assertEqual(caught.exception.path, first, call(way, cls, second))


class PropagationTest(unittest.TestCase):
    """Law 4 for exceptions raised by the caller's own code."""

    def assert_propagates(self, way: Any, cls: type[Any], data: Any) -> None:
        raised = (AttributeError, RuntimeError, UsageValidationError)
        said = call(way, cls)
        with self.assertRaisesRegex(raised, "^the caller's own", msg=said) as caught:
            way(cls, data)
        self.assertIsNone(caught.exception.__context__, said)

    def test_raised_by_the_object(self) -> None:
        for cls in SCHEMA:
            for data in (RaisingMapping(), LazyMapping()):
                self.assert_propagates(from_dict, cls, data)
                self.assert_propagates(additional_properties, cls, data)

    def test_raised_by_details(self) -> None:
        for way, name in itertools.product(WAYS_IN, DETAILS):
            for data in (RaisingMapping(), LazyMapping()):
                self.assert_propagates(way, Usage, {name: data})


class ErrorTest(unittest.TestCase):
    ERROR = UsageValidationError("expected this, got that", path="a.b")

    def test_is_a_value_error_that_shows_its_path_and_message(self) -> None:
        self.assertIsInstance(self.ERROR, ValueError)
        self.assertEqual(str(self.ERROR), "a.b: expected this, got that")
        text = "UsageValidationError('expected this, got that', 'a.b')"
        self.assertEqual(repr(self.ERROR), text)

    def test_has_no_path_if_the_object_itself_is_invalid(self) -> None:
        error = UsageValidationError("expected this")
        self.assertEqual((error.path, str(error)), ("", "expected this"))

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
            ("\0" * 99, r"string '" + r"\x00" * 12 + r"\..."),
            ("a\nb\u2028", r"string 'a\nb\u2028'"),
            (10**51, f"integer 1{'0' * 51}"),
            (10**52, f"integer 1{'0' * 48}..."),
            (type("A" * 60, (), {})(), "A" * 60),
            (type("A" * 61, (), {})(), f"{'A' * 57}..."),
        ]
        for value, found in values:
            with self.assertRaises(UsageValidationError) as caught:
                Usage.from_dict(value)
            self.assertEqual(str(caught.exception), f"expected an object, got {found}")


def invalid_paths(data: Any, schema: JSON) -> list[str]:
    """Return the paths at which `data` is invalid, in the order of the schema."""
    paths: list[str] = []
    for name, kind in schema.items():
        value = data.get(name)
        if name in DETAILS and isinstance(value, Mapping):
            for path in invalid_paths(value, kind):
                paths.append(f"{name}.{path}" if path else name)
        elif not (value is None or value is UNSET or is_valid_count(value, kind)):
            paths.append(name)
    return paths if all(type(key) is str for key in data) else ["", *paths]


def is_valid_count(value: Any, kind: object) -> bool:
    if kind == "integer" and type(value) is float:
        return value.is_integer()
    is_number = type(value) in (int, float) and math.isfinite(value)
    return is_number and kind in ("integer", "number")


def expected_back(data: Any, schema: JSON) -> JSON:
    """Return what `to_dict` should return for a valid object: law 1."""
    back: JSON = {}
    for name in [*schema, *(key for key in data if key not in schema)]:
        value, kind = data.get(name, UNSET), schema.get(name)
        if name in DETAILS and isinstance(value, Mapping):
            back[name] = expected_back(value, DETAILS[name])
        elif kind == "integer" and type(value) is float:
            back[name] = int(value)
        elif value is not UNSET or not kind:
            back[name] = value
    return back


class FuzzTest(unittest.TestCase):
    """Random values in random places, compared with the functions above."""

    VALID = (None, 0, -1, 7, 2**53 + 1, 0.0, 5.0, 1e300, UNSET)
    ODD = ("12", True, NAN, -math.inf, b"1", 2.5, 1j, [7])

    def random_object(self, odds: float, schema: JSON) -> Any:
        """Return an object that is the odder the higher the odds."""
        data: dict[Any, Any] = {}
        names = [*schema, "x_cost", "to_dict", *PROMPT]
        for name in self.random.sample(names, k=len(names) // 2):
            values = self.ODD if self.random.random() < odds else self.VALID
            data[name] = self.random.choice(values)
            if name in DETAILS and self.random.random() < 0.7:
                data[name] = self.random_object(odds, DETAILS[name])
        if self.random.random() < odds:
            data[self.random.choice([0, None, 1.5, b"x_cost", ("x_cost",)])] = 1
        return self.random.choice(MAPPINGS)(data)

    def outcome(self, way: Any, cls: type[Any], data: Any) -> str:
        try:
            return repr(way(cls, data).to_dict())
        except UsageValidationError as error:
            return f"invalid: {error.path.removesuffix('additional_properties')}"

    def test_every_way_in(self) -> None:
        self.random = random.Random(2025)
        valid = invalid = 0
        for cls, schema in list(SCHEMA.items()) * 500:
            data = self.random_object(self.random.choice([0.0, 0.1, 0.3]), schema)
            if paths := invalid_paths(data, schema):
                expected = [f"invalid: {path}" for path in paths]
                invalid += 1
            else:
                expected, valid = [repr(expected_back(data, schema))], valid + 1
            for way in WAYS_IN:
                found = self.outcome(way, cls, data)
                if found not in expected:
                    given = call(way, cls, data)
                    self.fail(f"{given}\nfound    {found}\nexpected {expected}")
        self.assertGreater(min(valid, invalid), 500, "Too few are valid, or invalid.")


class CopyTest(unittest.TestCase):
    """Law 2 for copies."""

    def test_copies_are_equal_and_only_deepcopy_copies_values(self) -> None:
        for function in (copy.copy, dataclasses.replace, copy.deepcopy):
            usage = example()
            same: Any = function(usage)
            self.assertEqual(repr(same), repr(usage), function.__name__)
            self.assertEqual(same, usage, function.__name__)
            self.assertEqual(hash(same), hash(usage), function.__name__)
            same.additional_properties["new"] = 99
            same.additional_properties["x_cost"]["usd"].clear()
            left = {"usd": [0.5, None] if function is copy.deepcopy else []}
            kept = usage.additional_properties
            self.assertEqual(kept, {"x_cost": left}, function.__name__)

    def test_replace(self) -> None:
        usage = dataclasses.replace(example(), total_tokens=12, prompt_tokens=UNSET)
        expected = {**example().to_dict(), "total_tokens": 12}
        del expected["prompt_tokens"]
        self.assertEqual(usage.to_dict(), expected)


class PickleTest(unittest.TestCase):
    """Law 2 for pickles, which also outlive the version that made them."""

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

    def test_of_a_version_with_other_fields_loads(self) -> None:
        restore, (cls, data) = example().__reduce__()
        del data["total_tokens"]
        data["new_tokens"] = 7
        usage = restore(cls, data)
        self.assertIs(usage.total_tokens, UNSET)
        self.assertEqual(usage.to_dict(), data)

    def test_is_validated(self) -> None:
        # In protocol 0, which is text, `I01` is true.
        pickled = pickle.dumps(Usage(total_tokens=31), 0).replace(b"I31", b"I01")
        with self.assertRaises(UsageValidationError) as caught:
            pickle.loads(pickled)
        self.assertEqual(caught.exception.path, "total_tokens")


class ClassTest(unittest.TestCase):
    def test_fields_are_in_schema_order_and_missing_by_default(self) -> None:
        for cls, schema in SCHEMA.items():
            expected: JSON = dict.fromkeys(schema, UNSET)
            expected["additional_properties"] = {}
            fields = [field.name for field in dataclasses.fields(cls)]
            self.assertEqual(fields, [*expected])
            for name, value in expected.items():
                self.assertEqual(getattr(cls(), name), value, f"{cls.__name__}.{name}")

    def test_takes_keyword_arguments_only(self) -> None:
        for cls in SCHEMA:
            with self.assertRaises(TypeError):
                cls(1)

    def test_is_frozen_and_has_slots(self) -> None:
        for cls in SCHEMA:
            instance = cls()
            for field in dataclasses.fields(cls):
                with self.assertRaises(dataclasses.FrozenInstanceError):
                    setattr(instance, field.name, 1)
                with self.assertRaises(dataclasses.FrozenInstanceError):
                    delattr(instance, field.name)
            self.assertEqual(instance, cls())
            self.assertNotIn("__dict__", dir(instance))

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

    def test_is_not_ordered(self) -> None:
        for cls in SCHEMA:
            with self.assertRaises(TypeError, msg=short_name(cls)):
                sorted([cls(), cls()])

    def test_type_hints(self) -> None:
        types_of: JSON = {"number": int | float, "integer": int, **DETAILS_CLASSES}
        for cls, schema in SCHEMA.items():
            hints = typing.get_type_hints(cls)
            self.assertEqual(hints.pop("additional_properties"), Mapping[str, Any])
            self.assertEqual([*hints], [*schema])
            for name, hint in hints.items():
                kind = name if name in DETAILS else schema[name]
                self.assertEqual(hint, types_of[kind] | None | Unset)


def load_into(module: types.ModuleType) -> Any:
    """Run the file in a module that isn't in `sys.modules`, and return the module."""
    exec(MODULE.read_text(encoding="utf-8"), vars(module))
    return module


class ModuleTest(unittest.TestCase):
    def test_exports(self) -> None:
        names = {"UNSET", "OptionalNullable", "Unset", "UsageValidationError"}
        names |= {cls.__name__ for cls in SCHEMA}
        exported: JSON = {}
        exec("from usage_models import *", exported)
        self.assertEqual({*exported} - {"__builtins__"}, names)

    def test_runs_under_every_flag(self) -> None:
        for flags in (["-I"], ["-O"], ["-OO"], ["-W", "error"]):
            with self.subTest(flags):
                command = [sys.executable, *flags, str(MODULE)]
                printed = subprocess.check_output(command, stderr=subprocess.STDOUT)
                self.assertEqual(printed, b"")

    def test_imports_no_more_than_it_needs(self) -> None:
        tree = ast.parse(MODULE.read_text(encoding="utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        modules = [node.module for node in imports]
        expected = ["collections.abc", "dataclasses", "enum", "math", "typing"]
        self.assertEqual(modules, expected)
        self.assertNotIn("\nimport ", ast.unparse(tree))

    def test_instances_of_another_copy_are_invalid(self) -> None:
        other = load_into(types.ModuleType("other"))
        details = other.PostV2ProxyCompletionsPromptTokensDetails(cached_tokens=1)
        data = {"prompt_tokens_details": details, "total_tokens": other.UNSET}
        for way, name in itertools.product(WAYS_IN, data):
            with self.assertRaises(UsageValidationError) as caught:
                way(Usage, {name: data[name]})
            self.assertEqual(caught.exception.path, name, call(way, Usage))
        self.assertNotEqual(other.PostV2ProxyCompletionsUsage(), Usage())


class DocumentationTest(unittest.TestCase):
    def assert_examples_run(self, text: str) -> None:
        # An example ends where its code fence ends.
        parser = doctest.DocTestParser()
        test = parser.get_doctest(text.replace("```", ""), {}, "examples", None, 0)
        report = io.StringIO()
        results = doctest.DocTestRunner().run(test, out=report.write)
        self.assertGreater(results.attempted, 4, "Too few examples were found.")
        if results.failed:
            self.fail(report.getvalue())

    def test_example_of_the_module(self) -> None:
        source = MODULE.read_text(encoding="utf-8")
        self.assert_examples_run(ast.get_docstring(ast.parse(source)) or "")

    def assert_readme_runs(self, *packages: str) -> None:
        """Run all examples but those that import third-party packages not given."""
        for package in packages:
            if not importlib.util.find_spec(package):
                self.skipTest(f"{package} is not installed")
        imports = re.compile(r"(?m)^>>> (?:from|import) (pydantic|sqlalchemy)\b")
        blocks = re.findall(r"(?s)```pycon\n.*?```\n", README)
        runnable = [it for it in blocks if {*imports.findall(it)} <= {*packages}]
        self.assert_examples_run("".join(runnable))

    def test_examples_of_readme(self) -> None:
        self.assert_readme_runs()

    def test_examples_of_readme_with_pydantic(self) -> None:
        self.assert_readme_runs("pydantic")

    def test_examples_of_readme_with_sqlalchemy(self) -> None:
        self.assert_readme_runs("sqlalchemy")

    def test_readme_gives_the_test_command(self) -> None:
        self.assertIn("\n```sh\npython3 -m unittest\n```\n", README)

    def test_readme_lists_every_field(self) -> None:
        listed = re.findall(r"(?m)^\| `([\w.]+)` \| (number|integer) \|", README)
        expected: list[tuple[str, str]] = [*COUNTS.items()]
        for name, schema in DETAILS.items():
            expected += [(f"{name}.{field}", kind) for field, kind in schema.items()]
        self.assertEqual(listed, expected)


if TYPE_CHECKING:
    from typing_extensions import assert_never, assert_type

    def typed(usage: Usage) -> None:
        # What README.md teaches, for the type checkers. Each ignore stands where they
        # must report an error: without one there, they report the ignore.
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
        UsageValidationError("", 0)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        Usage(31)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
        Usage(total_tokens="31")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    class FinalUsage(Usage): ...  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]

    class FinalPrompt(PromptDetails): ...  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]

    class FinalCompletion(CompletionDetails): ...  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]


if __name__ == "__main__":
    unittest.main()
