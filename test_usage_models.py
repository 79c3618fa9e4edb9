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

import collections
import copy
import dataclasses
import decimal
import doctest
import fractions
import http
import importlib.util
import inspect
import io
import itertools
import json
import os
import pathlib
import pickle
import re
import subprocess
import sys
import types
import typing
import unittest
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias
from unittest import mock

import usage_models
from usage_models import UNSET, Unset, Usage, UsageValidationError

PromptDetails = usage_models.PromptTokensDetails
CompletionDetails = usage_models.CompletionTokensDetails
Class: TypeAlias = type[Any]
JSON: TypeAlias = dict[str, Any]
MODULE = pathlib.Path(usage_models.__file__)
README = pathlib.Path(__file__).with_name("README.md").read_text(encoding="utf-8")
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)

# The schema, stated independently of the module: each field's JSON type, in order.
SCHEMA: dict[Class, dict[str, str]] = {
    PromptDetails: {"cached_tokens": "integer", "audio_tokens": "integer"},
    CompletionDetails: {
        "reasoning_tokens": "number",
        "accepted_prediction_tokens": "number",
        "rejected_prediction_tokens": "number",
        "audio_tokens": "integer",
    },
    Usage: {
        "completion_tokens": "number",
        "prompt_tokens": "number",
        "total_tokens": "number",
        "prompt_tokens_details": "object",
        "completion_tokens_details": "object",
    },
}
DETAILS: dict[str, Class] = {
    "prompt_tokens_details": PromptDetails,
    "completion_tokens_details": CompletionDetails,
}
FIELDS = [(cls, name, kind) for cls in SCHEMA for name, kind in SCHEMA[cls].items()]


class ExampleTest(unittest.TestCase):
    def test_missing_null_and_set(self) -> None:
        data: JSON = {"prompt_tokens": 11, "total_tokens": None, "cost": 0.5}
        usage = Usage.from_dict(data)
        self.assertEqual(usage.prompt_tokens, 11)
        self.assertIs(usage.total_tokens, None)
        self.assertIs(usage.completion_tokens, UNSET)
        self.assertEqual(usage.additional_properties, {"cost": 0.5})
        self.assertEqual(usage.to_dict(), data)

    def test_constructor(self) -> None:
        usage = Usage(
            prompt_tokens=11,
            prompt_tokens_details=PromptDetails(cached_tokens=6),
            additional_properties={"cost": 0.5},
        )
        details = {"cached_tokens": 6}
        data = {"prompt_tokens": 11, "prompt_tokens_details": details, "cost": 0.5}
        self.assertEqual(usage.to_dict(), data)
        self.assertEqual(Usage.from_dict(data), usage)

    def test_recorded_object(self) -> None:
        text = """{"prompt_tokens": 3, "total_tokens": 3, "is_byok": false,
            "cost": 6e-08, "cost_details": {"upstream_inference_cost": 6e-08}}"""
        data = json.loads(text)
        self.assertEqual(Usage.from_dict(data).to_dict(), data)

    def test_a_pickle_holds_a_dict_and_the_name_of_a_function(self) -> None:
        # PyYAML and jsonpickle can't load a class method.
        restore, arguments = Usage(prompt_tokens=11).__reduce__()
        self.assertEqual(restore.__qualname__, "_restore")
        self.assertEqual(arguments, (Usage, {"prompt_tokens": 11}))

    def test_an_error_in_details_is_shown_once_with_its_whole_path(self) -> None:
        with self.assertRaises(UsageValidationError) as caught:
            Usage.from_dict({"prompt_tokens_details": {"cached_tokens": "12"}})
        error = caught.exception
        self.assertEqual(error.path, "prompt_tokens_details.cached_tokens")
        self.assertEqual(error.message, "expected an integer or null, got string '12'")
        self.assertIsNone(error.__cause__, "The traceback shows two errors.")
        self.assertTrue(error.__suppress_context__, "The traceback shows two errors.")


def to_arguments(cls: Class, data: Mapping[Any, Any]) -> JSON:
    """Return the constructor's arguments for the contents of a JSON object."""
    fields = {name: data[name] for name in data if name in SCHEMA[cls]}
    unknown = {key: data[key] for key in data if key not in SCHEMA[cls]}
    return {**fields, "additional_properties": unknown}


# Each way in makes an instance of a class from the contents of a JSON object.
Ways: TypeAlias = dict[str, Callable[[Class, Any], Any]]
FROM_DICT: Ways = {"from_dict": lambda cls, data: cls.from_dict(data=data)}
BY_FIELDS: Ways = {
    "constructor": lambda cls, data: cls(**to_arguments(cls, data)),
    "replace": lambda cls, data: dataclasses.replace(cls(), **to_arguments(cls, data)),
}
WAYS_IN = FROM_DICT | BY_FIELDS
UNKNOWN_KEYS: Ways = {"unknown_keys": lambda cls, x: cls(additional_properties=x)}


def call(way: str, cls: Class, data: object) -> str:
    """Return how a failure names a way in, the class and the input."""
    return f"{way}({cls.__name__}, {data!r})"


class WaysInTestCase(unittest.TestCase):
    """Assertions about every way in. They stop at the first failure, and name it."""

    def each(self, cls: Class, data: Any) -> Iterator[tuple[Any, str]]:
        """Yield an instance for each way in, and how a failure names the call."""
        for way, make in WAYS_IN.items():
            yield make(cls, data), call(way, cls, data)

    def assert_becomes(self, cls: Class, data: Any, expected: JSON) -> None:
        # Representations are compared, because 5 == 5.0 == True and 0.0 == -0.0.
        for instance, label in self.each(cls, data):
            self.assertEqual(repr(instance.to_dict()), repr(expected), label)
            for name in SCHEMA[cls]:
                value = getattr(instance, name)
                value = value.to_dict() if type(value) in SCHEMA else value
                self.assertEqual(repr(value), repr(expected.get(name, UNSET)), label)

    def assert_invalid(
        self, cls: Class, data: Any, path: str, message: str, ways: Ways = WAYS_IN
    ) -> None:
        for way, make in ways.items():
            label = call(way, cls, data)
            with self.assertRaises(UsageValidationError, msg=label) as caught:
                make(cls, data)
            error = caught.exception
            self.assertEqual((error.path, error.message), (path, message), label)


class Float64(float):  # Its `repr` shows its type, as that of numpy.float64 does.
    __str__ = float.__repr__

    def __repr__(self) -> str:
        return "Float64"


StrSubclass = type("StrSubclass", (str,), {})
BIG = 10**50  # It has too many digits to be shown in an error.
MAPPINGS: list[Mapping[str, Any]] = [
    {"audio_tokens": 5},
    collections.defaultdict(int, audio_tokens=5),
    collections.UserDict(audio_tokens=5),
    types.MappingProxyType({"audio_tokens": 5}),
]

# A value, how an error describes it, and what it becomes in the fields whose JSON type
# allows it. In all other fields, it is invalid.
VALUES: list[tuple[Any, str, JSON]] = [
    (0, "integer 0", {"number": 0, "integer": 0}),
    (2**53 + 1, f"integer {2**53 + 1}", {"number": 2**53 + 1, "integer": 2**53 + 1}),
    (1 - BIG, f"integer {1 - BIG}", {"number": 1 - BIG, "integer": 1 - BIG}),
    (-BIG, "integer", {"number": -BIG, "integer": -BIG}),
    (10**400, "integer", {"number": 10**400, "integer": 10**400}),
    (http.HTTPStatus.OK, "integer 200", {"number": 200, "integer": 200}),
    (5.0, "number 5.0", {"number": 5.0, "integer": 5}),
    (-0.0, "number -0.0", {"number": -0.0, "integer": 0}),
    (1e300, "number 1e+300", {"number": 1e300, "integer": int(1e300)}),
    (Float64(-5.0), "number -5.0", {"number": -5.0, "integer": -5}),
    (-0.5, "number -0.5", {"number": -0.5}),
    (float("nan"), "float nan", {}),
    (Float64("-inf"), "float -inf", {}),
    (decimal.Decimal(5), "Decimal", {}),
    (fractions.Fraction(5), "Fraction", {}),
    (True, "boolean true", {}),
    (False, "boolean false", {}),
    ("12", "string '12'", {}),
    ("UNSET", "string 'UNSET'", {}),
    (StrSubclass("12"), "string '12'", {}),
    ("x" * 51, f"string '{'x' * 51}'", {}),
    ("x" * 52, f"string '{'x' * 49}...", {}),  # cut to 60 characters
    ("a\nb\u2028", r"string 'a\nb\u2028'", {}),
    (b"5", "bytes", {}),
    ([], "array", {}),
    ([["a", 1]], "array", {}),  # from which `dict` would make an object
    ((5,), "array", {}),
    (mock.MagicMock(), "MagicMock", {}),  # has `keys`, `__getitem__` and `__index__`
    (mock.ANY, "_ANY", {}),  # which equals everything
    *((mapping, "object", {"object": {"audio_tokens": 5}}) for mapping in MAPPINGS),
]
NOT_OBJECTS = [(value, found) for value, found, kept in VALUES if "object" not in kept]
ADDITIONAL = "additional_properties"
EXPECTED = {
    "integer": "expected an integer or null",
    "number": "expected a number or null",
    "object": "expected an object",
}


class ReadTest(WaysInTestCase):
    """Laws 1 and 3."""

    def test_every_value_in_every_field(self) -> None:
        for cls, name, kind in FIELDS:
            for value, found, kept in VALUES:
                if kind in kept:
                    self.assert_becomes(cls, {name: value}, {name: kept[kind]})
                else:
                    message = f"{EXPECTED[kind]}, got {found}"
                    self.assert_invalid(cls, {name: value}, name, message)

    def test_every_combination_of_missing_null_zero_and_set(self) -> None:
        # The smallest come first, so that a failure is short. The total isn't the sum.
        for cls, schema in SCHEMA.items():
            choices: list[list[Any]] = [
                [UNSET, None, {}, {"audio_tokens": n, "x": None}]
                if kind == "object"
                else [UNSET, None, 0, n]
                for n, kind in enumerate(schema.values(), 5)
            ]
            for values in itertools.product(*choices):
                fields = zip(schema, values, strict=True)
                data = {name: value for name, value in fields if value is not UNSET}
                data["x"] = None
                self.assert_becomes(cls, data, data)

    def test_fields_come_first_and_in_schema_order(self) -> None:
        self.assert_becomes(
            Usage,
            {"z": 0, "total_tokens": 31, "a": 1, "prompt_tokens": 11},
            {"prompt_tokens": 11, "total_tokens": 31, "z": 0, "a": 1},
        )

    def test_unset_is_missing(self) -> None:
        for cls, name, _ in FIELDS:
            self.assert_becomes(cls, {name: UNSET}, {})

    def test_an_instance_is_kept_as_the_details(self) -> None:
        for name, cls in DETAILS.items():
            details = cls(audio_tokens=5)
            for usage, label in self.each(Usage, {name: details}):
                self.assertIs(getattr(usage, name), details, label)

    def test_any_mapping_is_read(self) -> None:
        for mapping in MAPPINGS:
            for cls in SCHEMA:
                self.assert_becomes(cls, mapping, {"audio_tokens": 5})
            usage = Usage(additional_properties=mapping)
            self.assertEqual(repr(usage.additional_properties), "{'audio_tokens': 5}")

    def test_a_mapping_is_read_in_one_pass(self) -> None:
        # Otherwise a change made by another thread could produce an invalid instance.
        calls: list[tuple[Ways, Callable[[Any], Any]]] = [
            (FROM_DICT | UNKNOWN_KEYS, lambda mapping: mapping),
            (WAYS_IN, lambda mapping: {"prompt_tokens_details": mapping}),
            (WAYS_IN, lambda mapping: {"completion_tokens_details": mapping}),
        ]
        for ways, place in calls:
            for way, make in ways.items():
                data = CountingMapping({"a": 5, "x": None})
                make(Usage, place(data))
                self.assertEqual(data.reads, {"a": 1, "x": 1}, call(way, Usage, data))

    def test_nothing_is_shared_with_input_output_or_other_instances(self) -> None:
        inputs: list[JSON] = [{}, {"x": 0}]
        inputs += [{name: value} for name in DETAILS for value in ({}, {"x": 1})]
        for data, (way, make) in itertools.product(inputs, WAYS_IN.items()):
            given = copy.deepcopy(data)
            usage, other = make(Usage, given), make(Usage, copy.deepcopy(data))
            self.assertEqual(given, data, f"{way} changed it")
            for contents in (given, usage.to_dict(), other.additional_properties):
                contents["new"] = 99
            for name in data.keys() & DETAILS.keys():
                given[name]["new"] = usage.to_dict()[name]["new"] = 99
                getattr(other, name).additional_properties["new"] = 99
            self.assertEqual(usage.to_dict(), data, call(way, Usage, data))


class CountingMapping(collections.UserDict[str, Any]):
    """Counts how often each key is read."""

    def __init__(self, data: JSON) -> None:
        self.reads: collections.Counter[str] = collections.Counter()
        super().__init__(data)

    def __getitem__(self, key: str) -> Any:
        self.reads[key] += 1
        return super().__getitem__(key)


class AdditionalPropertiesTest(WaysInTestCase):
    def assert_kept(self, data: JSON) -> None:
        for cls in SCHEMA:
            for instance, label in self.each(cls, data):
                for kept in (instance.additional_properties, instance.to_dict()):
                    self.assertEqual([*kept], [*data], label)
                    for key in data:
                        self.assertIs(kept[key], data[key], label)
        for name in DETAILS:
            for usage, label in self.each(Usage, {name: data}):
                for key in data:
                    self.assertIs(usage.to_dict()[name][key], data[key], label)

    def test_values_are_neither_checked_nor_copied(self) -> None:
        for value in ({"a": [1]}, [None], object(), float("nan"), UNSET, 1j):
            self.assert_kept({"x": value})

    def test_any_string_can_be_an_unknown_key(self) -> None:
        self.assert_kept({"": 1, StrSubclass("key"): 2, "additional_properties": 3})

    def test_a_field_name_written_to_them_replaces_the_field_in_to_dict(self) -> None:
        usage: Any = Usage(total_tokens=31)
        usage.additional_properties["total_tokens"] = "many"
        self.assertEqual(usage.to_dict(), {"total_tokens": "many"})

    @unittest.skipUnless(sys.implementation.name == "cpython", "needs sys.getsizeof")
    def test_no_unknown_keys_take_no_more_memory_than_an_empty_dict(self) -> None:
        # A dict never shrinks when items are popped.
        for cls, schema in SCHEMA.items():
            kept = cls.from_dict(dict.fromkeys(schema)).additional_properties
            self.assertEqual(sys.getsizeof(kept), sys.getsizeof({}), cls.__name__)


class InvalidTest(WaysInTestCase):
    """Law 4."""

    def test_every_path_in_the_details(self) -> None:
        for details, cls in DETAILS.items():
            for name, kind in SCHEMA[cls].items():
                data: JSON = {details: {name: []}}
                message = f"{EXPECTED[kind]}, got array"
                self.assert_invalid(Usage, data, f"{details}.{name}", message)

    def test_one_invalid_count_of_three(self) -> None:
        valid = {"completion_tokens": 20, "prompt_tokens": 11, "total_tokens": 31}
        for name in valid:
            message = "expected a number or null, got boolean true"
            self.assert_invalid(Usage, {**valid, name: True}, name, message)

    def test_details_of_another_class(self) -> None:
        for (name, own), other in itertools.product(DETAILS.items(), SCHEMA):
            if other is not own:
                message = f"expected an object, got {other.__name__}"
                self.assert_invalid(Usage, {name: other()}, name, message)

    def test_what_is_not_an_object(self) -> None:
        more: list[tuple[Any, str]] = [(None, "null"), (UNSET, "Unset")]
        for cls, (value, found) in itertools.product(SCHEMA, NOT_OBJECTS + more):
            message = f"expected an object, got {found}"
            self.assert_invalid(cls, value, "", message, FROM_DICT)
            self.assert_invalid(cls, value, ADDITIONAL, message, UNKNOWN_KEYS)

    def test_keys_that_are_not_strings(self) -> None:
        for key, found in [(1, "integer 1"), (None, "null"), (b"a", "bytes")]:
            objects: list[Any] = [{key: 2}, {"a": 1, key: 2}]
            message = f"expected keys that are strings, got {found}"
            for data in objects:
                for cls in SCHEMA:
                    self.assert_invalid(cls, data, "", message, FROM_DICT)
                    self.assert_invalid(cls, data, ADDITIONAL, message, BY_FIELDS)
                for name in DETAILS:
                    self.assert_invalid(Usage, {name: data}, name, message)

    def test_fields_among_the_additional_properties(self) -> None:
        for cls, name, _ in FIELDS:
            data = {"a": 1, name: None}
            message = f"expected keys that aren't fields, got string '{name}'"
            self.assert_invalid(cls, data, ADDITIONAL, message, UNKNOWN_KEYS)

    def test_the_first_invalid_field_in_schema_order_is_reported(self) -> None:
        for cls, schema in SCHEMA.items():
            for first, second in itertools.pairwise(schema):
                message = f"{EXPECTED[schema[first]]}, got string 'first'"
                data = {second: "second", first: "first"}
                self.assert_invalid(cls, data, first, message)

    @unittest.skipUnless(sys.implementation.name == "cpython", "needs tracemalloc")
    def test_a_long_string_is_cut_before_it_is_shown(self) -> None:
        tracemalloc = importlib.import_module("tracemalloc")  # which PyPy lacks
        text = "x" * 10**6
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        with self.assertRaises(UsageValidationError):
            Usage.from_dict({"total_tokens": text})
        _, peak = tracemalloc.get_traced_memory()
        self.assertLess(peak, 10**5)

    def test_an_integer_of_more_digits_than_python_shows(self) -> None:
        with self.assertRaisesRegex(UsageValidationError, "got integer$"):
            Usage.from_dict({"prompt_tokens_details": 10**5000})

    def test_exceptions_of_a_mapping_propagate_unchanged(self) -> None:
        for error in (KeyError("x"), AttributeError("x"), ValueError("x")):
            mapping: Any = collections.UserDict[str, Any]()
            mapping.keys = mock.Mock(side_effect=error)  # as a lazy mapping may do
            calls: list[tuple[Ways, Any]] = [(FROM_DICT | UNKNOWN_KEYS, mapping)]
            calls += [(WAYS_IN, {name: mapping}) for name in DETAILS]
            for ways, data in calls:
                for way, make in ways.items():
                    label = f"{error!r} in {call(way, Usage, data)}"
                    with self.assertRaises(type(error), msg=label) as caught:
                        make(Usage, data)
                    self.assertIs(caught.exception, error, label)
                    self.assertIsNone(error.__context__, label)


class ErrorTest(unittest.TestCase):
    ERROR = UsageValidationError("expected this, got that", path="a.b")

    def test_is_a_value_error_that_shows_its_path_and_message(self) -> None:
        self.assertIsInstance(self.ERROR, ValueError)
        self.assertEqual(str(self.ERROR), "a.b: expected this, got that")
        text = "UsageValidationError('expected this, got that', 'a.b')"
        self.assertEqual(repr(self.ERROR), text)
        self.assertEqual(str(UsageValidationError("expected this")), "expected this")

    def test_an_error_survives_copy_and_pickle(self) -> None:
        for same in (copy.copy(self.ERROR), pickle.loads(pickle.dumps(self.ERROR))):
            self.assertEqual(repr(same), repr(self.ERROR))
            self.assertEqual((same.message, same.path), self.ERROR.args)


def example() -> Usage:
    """Return a `Usage` with missing, null and set fields, and with unknown keys."""
    return Usage(
        prompt_tokens=11,
        total_tokens=None,
        prompt_tokens_details=PromptDetails.from_dict({"x_image_tokens": 3}),
        additional_properties={"x_cost": {"usd": [0.5, None]}},
    )


class CopyAndPickleTest(unittest.TestCase):
    """Law 2."""

    def test_copies_are_equal_and_independent(self) -> None:
        for function in (copy.copy, dataclasses.replace, copy.deepcopy):
            usage = example()
            same: Any = function(usage)
            self.assertEqual(repr(same), repr(usage), function.__name__)
            same.additional_properties["new"] = 99
            self.assertEqual(usage, example(), function.__name__)

    def test_survives_every_pickle_protocol(self) -> None:
        for protocol in PROTOCOLS:
            loaded = pickle.loads(pickle.dumps(example(), protocol))
            self.assertEqual(repr(loaded), repr(example()), f"protocol {protocol}")

    def test_pickles_of_version_1_0_0_are_read_and_validated(self) -> None:
        pickled = (
            b"cusage_models\n_restore\n(cusage_models\nPostV2ProxyCompletionsUsage\n"
            b"(dVtotal_tokens\nI31\nstR."
        )
        self.assertEqual(pickle.loads(pickled), Usage(total_tokens=31))
        with self.assertRaisesRegex(UsageValidationError, "^total_tokens: "):
            pickle.loads(pickled.replace(b"I31", b"I01"))  # I01 is True.
        unset = b"c__builtin__\ngetattr\n(cusage_models\nUnset\nVUNSET\ntR."
        self.assertIs(pickle.loads(unset), UNSET)


class UnsetTest(unittest.TestCase):
    """Law 3."""

    def test_unset_is_falsy_and_its_enums_only_member(self) -> None:
        self.assertEqual(list(Unset), [UNSET])
        self.assertFalse(UNSET, "UNSET is true")

    def test_unset_keeps_its_identity_when_copied_or_pickled(self) -> None:
        self.assertIs(copy.copy(UNSET), UNSET)
        self.assertIs(copy.deepcopy(UNSET), UNSET)
        for protocol in PROTOCOLS:
            loaded = pickle.loads(pickle.dumps(UNSET, protocol))
            self.assertIs(loaded, UNSET, f"protocol {protocol}")

    def test_encoders_raise_an_error_or_write_the_text_UNSET(self) -> None:
        self.assertEqual([repr(UNSET), str(UNSET), f"{UNSET}"], ["UNSET"] * 3)
        self.assertEqual(UNSET.value, "UNSET")
        self.assertIs(Unset("UNSET"), UNSET)  # A decoder may read the text back.
        for value in (UNSET, dataclasses.asdict(Usage())):
            with self.assertRaisesRegex(TypeError, "Unset is not JSON"):
                json.dumps(value)


pydantic: Any = None
if importlib.util.find_spec("pydantic"):
    pydantic = importlib.import_module("pydantic")
needs_pydantic = unittest.skipUnless(pydantic, "pydantic is not installed")


def model(field_type: Any) -> Any:
    """Return a pydantic model with a field `usage`, which is `None` by default."""
    return pydantic.create_model("Model", usage=(field_type, None))


@needs_pydantic
class PydanticTest(unittest.TestCase):
    """The laws for the fields of a pydantic model."""

    @classmethod
    def setUpClass(cls) -> None:
        model(Usage)().model_dump_json()  # If this fails, most tests would fail.

    def test_a_field_is_read_by_from_dict_and_written_by_to_dict(self) -> None:
        usage, data = example(), example().to_dict()
        cases: list[tuple[Any, Any, Any]] = [
            (Usage, {}, Usage()),
            (Usage, data, usage),
            (Usage | None, data, usage),
            (Usage | None, None, None),
            (list[Usage], [data], [usage]),
            (PromptDetails, {"cached_tokens": None}, PromptDetails(cached_tokens=None)),
            (CompletionDetails, {"x": 0}, CompletionDetails.from_dict({"x": 0})),
        ]
        for field_type, value, expected in cases:
            cls, text = model(field_type), json.dumps({"usage": value})
            for strict in (False, True):
                from_python = cls.model_validate({"usage": value}, strict=strict)
                from_text = cls.model_validate_json(text, strict=strict)
                for read in (from_python, from_text):
                    self.assertEqual(repr(read.usage), repr(expected))
                    self.assertEqual(repr(read.model_dump()["usage"]), repr(value))
                    written = json.loads(read.model_dump_json())
                    self.assertEqual(repr(written["usage"]), repr(value))

    def test_an_instance_is_kept_as_it_is(self) -> None:
        usage = example()
        self.assertIs(model(Usage)(usage=usage).usage, usage)

    def test_an_invalid_value_is_reported_with_its_path(self) -> None:
        path = "usage\n  Value error, prompt_tokens_details.cached_tokens: expected"
        with self.assertRaisesRegex(pydantic.ValidationError, path):
            model(Usage)(usage={"prompt_tokens_details": {"cached_tokens": "12"}})

    def test_what_is_not_an_object_is_invalid(self) -> None:
        for value, _ in NOT_OBJECTS:
            with self.assertRaises(pydantic.ValidationError, msg=repr(value)):
                model(Usage)(usage=value)

    def test_a_union_chooses_the_type_that_fits(self) -> None:
        other: Any = pydantic.create_model("Other", name=(str, ...))
        count, invalid = {"prompt_tokens": 11}, {"prompt_tokens": ""}
        name = {"name": "a"}
        cases: list[tuple[Any, Any, type[Any], Any]] = [
            # the union, a value, the type that is chosen, and what is written
            (Usage | other, other(name="a"), other, name),
            (other | Usage, name, other, name),
            (other | Usage, count, Usage, count),
            (JSON | Usage, Usage(prompt_tokens=11), Usage, count),
            (JSON | Usage, count, dict, count),
            (Usage | JSON, count, Usage, count),
            (Usage | JSON, invalid, dict, invalid),
            (Usage | str, "text", str, "text"),
            (str | Usage, count, Usage, count),
        ]
        for union, value, chosen, written in cases:
            label = f"{union}, {value!r}"
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                read = model(union)(usage=value)
                self.assertIsInstance(read.usage, chosen, label)
                self.assertEqual(read.model_dump(), {"usage": written}, label)
                text = read.model_dump_json()
            self.assertEqual(json.loads(text), {"usage": written}, label)

    def test_a_value_that_was_not_validated_is_written_as_it_is(self) -> None:
        for data in ({}, {"usage": {"prompt_tokens": ""}}, {"usage": "text"}):
            unvalidated = model(Usage).model_construct(**data)
            expected = {"usage": None} | data
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # pydantic's, about the type
                self.assertEqual(unvalidated.model_dump(), expected)
                text = unvalidated.model_dump_json()
            self.assertEqual(json.loads(text), expected)

    def test_keys_can_be_included_and_excluded(self) -> None:
        read = model(Usage)(usage={"prompt_tokens": 11, "cost": 0.5})
        excluded = read.model_dump(exclude={"usage": {"cost"}})
        self.assertEqual(excluded, {"usage": {"prompt_tokens": 11}})
        included = read.model_dump(include={"usage": {"cost"}})
        self.assertEqual(included, {"usage": {"cost": 0.5}})

    def test_the_json_schema_lists_the_fields(self) -> None:
        types = {
            "integer": ["integer", "null"],
            "number": ["integer", "number", "null"],
            "object": ["object", "null"],
        }
        for mode, cls in itertools.product(("validation", "serialization"), SCHEMA):
            json_schema = model(cls | None).model_json_schema(mode=mode)
            written = json_schema["$defs"][cls.__name__]
            properties = {
                name: [option["type"] for option in field["anyOf"]]
                for name, field in written.pop("properties").items()
            }
            expected = {name: types[kind] for name, kind in SCHEMA[cls].items()}
            self.assertEqual(properties, expected, mode)
            others = {"title": cls.__name__, "type": "object"}
            self.assertEqual(written, {**others, "additionalProperties": True}, mode)


class ClassTest(unittest.TestCase):
    def test_takes_keyword_arguments_only(self) -> None:
        for cls in SCHEMA:
            with self.assertRaises(TypeError, msg=cls.__name__):
                cls(1)

    def test_is_frozen_and_has_slots(self) -> None:
        for cls in SCHEMA:
            with self.assertRaises(dataclasses.FrozenInstanceError, msg=cls):
                cls().additional_properties = {}
            self.assertNotIn("__dict__", dir(cls()), cls.__name__)

    def test_is_final(self) -> None:
        for cls in SCHEMA:
            for bases in ((cls,), (type("Mixin", (), {}), cls)):
                with self.assertRaisesRegex(TypeError, f"{cls.__name__}.* is final"):
                    type("Subclass", bases, {})

    def test_instances_are_equal_if_their_fields_are(self) -> None:
        for cls, schema in SCHEMA.items():
            different = [cls(), cls.from_dict({"x_cost": 1})]
            for name, kind in schema.items():
                value: Any = {} if kind == "object" else 0
                different += [cls.from_dict({name: None}), cls.from_dict({name: value})]
            for one, other in itertools.combinations(different, 2):
                self.assertNotEqual(one, other)
            self.assertEqual(len({*different, *different}), len(different))
        self.assertNotEqual(PromptDetails(), CompletionDetails())

    def test_unknown_keys_are_not_hashed(self) -> None:
        for cls in SCHEMA:
            unhashable = cls.from_dict({"x": []})
            self.assertEqual(hash(unhashable), hash(cls()), cls.__name__)

    def test_type_hints(self) -> None:
        types_of: JSON = {"number": int | float, "integer": int}
        for cls, schema in SCHEMA.items():
            expected: JSON = {"additional_properties": Mapping[str, Any]}
            for name, kind in schema.items():
                expected[name] = (DETAILS.get(name) or types_of[kind]) | None | Unset
            self.assertEqual(typing.get_type_hints(cls), expected, cls.__name__)


class ModuleTest(unittest.TestCase):
    def test_exports(self) -> None:
        names = ["UNSET", "OptionalNullable", "Unset", "UsageValidationError"]
        for cls in SCHEMA:
            for name in (cls.__name__, f"PostV2ProxyCompletions{cls.__name__}"):
                self.assertIs(getattr(usage_models, name), cls)
                names.append(name)
        self.assertEqual(sorted(usage_models.__all__), sorted(names))

    def test_imports_no_more_than_it_needs(self) -> None:
        source = MODULE.read_text(encoding="utf-8")
        imported = re.findall(r"(?m)^ *(?:from|import) (\S+)", source)
        expected = ["collections.abc", "dataclasses", "enum", "math", "typing"]
        self.assertEqual(imported, expected)


class DocumentationTest(unittest.TestCase):
    def assert_pass(self, text: str, names: JSON, file: str, line: int = 0) -> None:
        report = io.StringIO()
        test = doctest.DocTestParser().get_doctest(text, names, file, file, line)
        runner = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST)
        results = runner.run(test, out=report.write)
        self.assertGreater(results.attempted, 0, f"no examples in {file}")
        self.assertEqual(results.failed, 0, report.getvalue())

    def assert_readme_examples_pass(self, *, with_pydantic: bool) -> None:
        names: JSON = {}
        for block in re.finditer(r"(?ms)^```pycon\n(.*?)^```$", README):
            if ("pydantic" in block[1]) == with_pydantic:
                line = README.count("\n", 0, block.start(1))
                self.assert_pass(block[1], {**names}, "README.md", line)
            names = {"Usage": Usage}  # which only the first example imports

    @unittest.skipIf(sys.flags.optimize == 2, "-OO drops docstrings")
    def test_example_of_the_module(self) -> None:
        names = vars(usage_models).copy()
        self.assert_pass(usage_models.__doc__ or "", names, MODULE.name)

    def test_each_example_of_readme_runs_alone(self) -> None:
        self.assert_readme_examples_pass(with_pydantic=False)

    @needs_pydantic
    def test_each_example_of_readme_with_pydantic_runs_alone(self) -> None:
        self.assert_readme_examples_pass(with_pydantic=True)

    def test_first_command_of_readme(self) -> None:
        pattern = r"(?s)echo '(.*?)' \| python3 -c '(.*?)'\n```\n\nIt prints `(.*?)`"
        ((body, code, printed),) = re.findall(pattern, README)
        command = [sys.executable, "-c", code]
        environ = {**os.environ, "PYTHONPATH": str(MODULE.parent)}
        result = subprocess.run(
            command, input=body, env=environ, capture_output=True, encoding="utf-8"
        )
        self.assertEqual(result.stdout + result.stderr, f"{printed}\n")

    def test_readme_gives_the_test_command(self) -> None:
        commands = re.findall(r"(?m)^```sh\n(python3 .*)\n```$", README)
        self.assertEqual(commands, ["python3 -m unittest"])

    def test_readme_lists_every_field(self) -> None:
        listed = re.findall(r"(?m)^\| `([\w.]+)` \| (number|integer) \|", README)
        expected: list[tuple[str, str]] = []
        for name, kind in SCHEMA[Usage].items():
            fields = SCHEMA[DETAILS[name]] if name in DETAILS else {"": kind}
            expected += [(f"{name}.{f}".rstrip("."), k) for f, k in fields.items()]
        self.assertEqual(listed, expected)


def missing_pieces(cls: Class) -> Iterator[str]:
    """Yield what the fields lack, in the order in which to add it."""
    schema, names = SCHEMA[cls], [*SCHEMA[cls], "additional_properties"]
    fields = [field.name for field in dataclasses.fields(cls)]
    yield from (f"has {f}, which SCHEMA lacks" for f in fields if f not in names)
    yield from (f"leaves out {name}" for name in names if name not in fields)
    pattern = r'(?m)^    (\w+): .*\n(?:     .*\n|    \)\n)*    """'
    documented = re.findall(pattern, inspect.getsource(cls))
    yield from (f"doesn't document {name}" for name in names if name not in documented)
    read = cls.from_dict(dict.fromkeys(schema))
    yield from (f"from_dict leaves out {name}" for name in read.additional_properties)
    written = read.to_dict()
    yield from (f"to_dict leaves out {name}" for name in schema if name not in written)
    missing = cls()
    yield from (f"writes {name} if it's missing" for name in missing.to_dict())
    set_ = [name for name in schema if getattr(missing, name) is not UNSET]
    yield from (f"doesn't default {name} to UNSET" for name in set_)


def setUpModule() -> None:
    """Run no test if a field lacks a piece or an example fails: most would fail."""
    for cls in SCHEMA:
        for piece in missing_pieces(cls):
            raise AssertionError(f"{cls.__name__} {piece}")
    for test in unittest.defaultTestLoader.loadTestsFromTestCase(ExampleTest):
        test.debug()


if TYPE_CHECKING:
    from typing_extensions import assert_never, assert_type

    def typed(usage: Usage, error: UsageValidationError) -> None:
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
        assert_type(Usage.from_dict(types.MappingProxyType({"x": 1})), Usage)
        assert_type(PromptDetails.from_dict({}), PromptDetails)
        assert_type(CompletionDetails.from_dict({}), CompletionDetails)
        assert_type(usage.to_dict(), dict[str, Any])
        assert_type((error.path, error.message), tuple[str, str])
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
        Usage.from_dict([])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    class FinalUsage(Usage): ...  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]

    class FinalPrompt(PromptDetails): ...  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]

    class FinalCompletion(CompletionDetails): ...  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]


if __name__ == "__main__":
    unittest.main()
