"""Tests of usage_models. Run them with `python3 -m unittest`.

They check four laws:

1. Lossless: `from_dict(x).to_dict() == x` for every valid object, including its
   unknown keys. Only an integral float in an integer field becomes an int.
2. Always valid: however an instance is made, its fields are valid, and it survives a
   round trip. The values of unknown keys are kept unchecked.
3. Three states: a field is `UNSET` (missing), `None` (null) or its value. An encoder
   that is given `UNSET` raises an error or writes the text "UNSET".
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
from dataclasses import replace
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

# The schema, stated independently of the module: each field's kind, in order.
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

# Each kind of field: how its errors begin, and its types in JSON schemas and in Python.
KINDS: dict[str, tuple[str, list[str], Any]] = {
    "integer": ("expected an integer or null", ["integer", "null"], int),
    "number": ("expected a number or null", ["integer", "number", "null"], int | float),
    "object": ("expected an object", ["object", "null"], None),
}


class ExampleTest(unittest.TestCase):
    """The basics. If one of these tests fails, the others don't run."""

    def test_missing_null_and_set(self) -> None:
        data: JSON = {"prompt_tokens": 11, "total_tokens": None, "cost": 0.5}
        usage = Usage.from_dict(data)
        self.assertEqual(usage.prompt_tokens, 11)
        self.assertIs(usage.total_tokens, None)
        self.assertIs(usage.completion_tokens, UNSET)
        self.assertEqual(usage.additional_properties, {"cost": 0.5})
        self.assertEqual(usage.to_dict(), data)

    def test_a_details_object(self) -> None:
        data: JSON = {"prompt_tokens_details": {"cached_tokens": 6, "x": 1}}
        given = copy.deepcopy(data)
        usage = Usage.from_dict(given)
        details = PromptDetails(cached_tokens=6, additional_properties={"x": 1})
        self.assertEqual(usage.prompt_tokens_details, details)
        self.assertEqual(usage.to_dict(), data)
        self.assertEqual(given, data, "The caller's dict has changed.")

    def test_an_error_in_details_is_shown_once_with_its_whole_path(self) -> None:
        with self.assertRaises(UsageValidationError) as caught:
            Usage.from_dict({"prompt_tokens_details": {"cached_tokens": "12"}})
        error = caught.exception
        self.assertIsInstance(error, ValueError)
        self.assertEqual(error.path, "prompt_tokens_details.cached_tokens")
        self.assertEqual(error.message, "expected an integer or null, got string '12'")
        self.assertIsNone(error.__cause__, "The traceback shows two errors.")
        self.assertTrue(error.__suppress_context__, "The traceback shows two errors.")

    def test_objects_of_other_shapes_are_kept_as_unknown_keys(self) -> None:
        anthropic = {"input_tokens": 11, "output_tokens": 20, "service_tier": "batch"}
        camel_case = {"promptTokens": 11, "completionTokens": 20}
        for data in (anthropic, camel_case):
            self.assertEqual(Usage.from_dict(data).additional_properties, data)

    def test_a_pickle_holds_a_dict_and_the_name_of_a_function(self) -> None:
        # PyYAML and jsonpickle can load a function by its name, but not a class method.
        restore, arguments = Usage(prompt_tokens=11).__reduce__()
        self.assertEqual(restore.__qualname__, "_restore")
        self.assertEqual(arguments, (Usage, {"prompt_tokens": 11}))


Calls: TypeAlias = dict[str, Callable[[], Any]]  # by their source code


def from_dict(cls: Class, data: Any) -> Calls:
    return {f"{cls.__name__}.from_dict({data!r})": lambda: cls.from_dict(data=data)}


def unknown_keys(cls: Class, data: Any) -> Calls:
    source = f"{cls.__name__}(additional_properties={data!r})"
    return {source: lambda: cls(additional_properties=data)}


def ways_in(cls: Class, data: Mapping[Any, Any]) -> Calls:
    """Return all calls that make an instance from the contents of a JSON object."""
    fields = {name: data[name] for name in data if name in SCHEMA[cls]}
    unknown = {key: data[key] for key in data if key not in SCHEMA[cls]}
    given = {**fields, "additional_properties": unknown}
    return from_dict(cls, data) | {
        f"{cls.__name__}(**{given!r})": lambda: cls(**given),
        f"replace({cls.__name__}(), **{given!r})": lambda: replace(cls(), **given),
    }


class LawTestCase(unittest.TestCase):
    """Assertions that stop at the first call that goes wrong, and show it."""

    def assert_shown(self, source: str, found: object, expected: object) -> None:
        # Representations are compared, because 5 == 5.0 == True and 0.0 == -0.0.
        if repr(found) != repr(expected):
            self.fail(f"{source}\nexpected: {expected!r}\nfound:    {found!r}")

    def assert_becomes(self, cls: Class, data: Any, expected: JSON) -> None:
        for source, call in ways_in(cls, data).items():
            instance = call()
            self.assert_shown(f"{source}.to_dict()", instance.to_dict(), expected)
            for name in SCHEMA[cls]:
                value = getattr(instance, name)
                value = value.to_dict() if type(value) in SCHEMA else value
                self.assert_shown(f"{source}.{name}", value, expected.get(name, UNSET))

    def assert_invalid(self, calls: Calls, path: str, message: str) -> None:
        for source, call in calls.items():
            with self.assertRaises(UsageValidationError, msg=source) as caught:
                call()
            error = caught.exception
            self.assert_shown(source, (error.path, error.message), (path, message))


class Float64(float):  # Its repr names its type, as numpy.float64's does.
    __str__ = float.__repr__

    def __repr__(self) -> str:
        return "Float64"


class Text(str):
    def __repr__(self) -> str:
        return "the representation of a whole string, which may be huge"


BIG = 10**50  # Errors don't show integers as large as this.
MAPPINGS: list[Mapping[str, Any]] = [
    {"audio_tokens": 5},
    collections.defaultdict(int, audio_tokens=5),
    collections.UserDict(audio_tokens=5),
    types.MappingProxyType({"audio_tokens": 5}),
]

# A value, how an error describes it, and what it becomes in the kinds of fields that
# allow it. In all other fields, it is invalid.
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
    (Text("12"), "string '12'", {}),
    ("x" * 51, f"string '{'x' * 51}'", {}),
    ("x" * 52, f"string '{'x' * 49}...", {}),  # cut to 60 characters
    ("a\nb\u2028", r"string 'a\nb\u2028'", {}),
    (b"5", "bytes", {}),
    ([], "array", {}),
    ([["a", 1]], "array", {}),  # from which `dict` would make an object
    ((5,), "array", {}),
    (mock.MagicMock(), "MagicMock", {}),  # has `keys`, `__getitem__` and `__index__`
    (mock.ANY, "_ANY", {}),  # which equals everything
    (Usage(), "Usage", {}),
    *((mapping, "object", {"object": {"audio_tokens": 5}}) for mapping in MAPPINGS),
]
NOT_OBJECTS = [(value, found) for value, found, kept in VALUES if "object" not in kept]
ADDITIONAL = "additional_properties"


class ReadTest(LawTestCase):
    """Laws 1 and 3."""

    def test_every_value_in_every_field(self) -> None:
        for cls, name, kind in FIELDS:
            for value, found, kept in VALUES:
                if kind in kept:
                    self.assert_becomes(cls, {name: value}, {name: kept[kind]})
                else:
                    message = f"{KINDS[kind][0]}, got {found}"
                    self.assert_invalid(ways_in(cls, {name: value}), name, message)

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
                fields = dict(zip(schema, values, strict=True))
                data = {"x": None, **dict(reversed(fields.items()))}
                set_ = {name: n for name, n in fields.items() if n is not UNSET}
                self.assert_becomes(cls, data, {**set_, "x": None})

    def test_an_instance_is_kept_as_the_details(self) -> None:
        for name, cls in DETAILS.items():
            details = cls()
            for source, call in ways_in(Usage, {name: details}).items():
                self.assertIs(getattr(call(), name), details, source)

    def test_any_mapping_is_read(self) -> None:
        for mapping in MAPPINGS:
            for cls in SCHEMA:
                self.assert_becomes(cls, mapping, {"audio_tokens": 5})
            for source, call in unknown_keys(Usage, mapping).items():
                self.assert_shown(source, call().to_dict(), {"audio_tokens": 5})

    def test_a_mapping_is_read_only_once(self) -> None:
        # Otherwise a change made by another thread could produce an invalid instance.
        data = {"total_tokens": 5, "audio_tokens": 6, "x": None}
        for cls in SCHEMA:
            self.assertEqual(cls.from_dict(ReadOnce(data)), cls.from_dict(data))
        for name in DETAILS:
            usage = Usage.from_dict({name: ReadOnce(data)})
            self.assertEqual(usage.to_dict(), {name: data})
            arguments: Any = {name: ReadOnce(data)}
            self.assertEqual(Usage(**arguments).to_dict(), {name: data})
        usage = Usage(additional_properties=ReadOnce({"x": None}))
        self.assertEqual(usage.to_dict(), {"x": None})

    def test_no_dict_is_shared_with_input_output_or_other_instances(self) -> None:
        inputs: list[JSON] = [{}, {"x": 0}]
        inputs += [{name: value} for name in DETAILS for value in ({}, {"x": 1})]
        for data in inputs:
            given = copy.deepcopy(data)
            for source, call in ways_in(Usage, given).items():
                first, second = call(), call()
                self.assert_shown(f"the input of {source}", given, data)
                dicts = [given, first.to_dict(), first.to_dict()]
                for name in data.keys() & DETAILS.keys():
                    dicts += [contents[name] for contents in dicts[:3]]
                    for usage in (first, second):
                        dicts.append(getattr(usage, name).additional_properties)
                dicts += [first.additional_properties, second.additional_properties]
                distinct = len({id(contents) for contents in dicts})
                self.assertEqual(distinct, len(dicts), f"{source} shares a dict")


class ReadOnce(collections.UserDict[str, Any]):
    """A mapping whose keys can be looked up only once."""

    def __getitem__(self, key: str) -> Any:
        return self.data.pop(key)

    def __iter__(self) -> Iterator[str]:
        return iter([*self.data])


class AdditionalPropertiesTest(LawTestCase):
    def assert_kept(self, data: JSON) -> None:
        for cls in SCHEMA:
            for source, call in ways_in(cls, data).items():
                for kept in (call().additional_properties, call().to_dict()):
                    self.assertEqual([*kept], [*data], source)
                    for key in data:
                        self.assertIs(kept[key], data[key], source)
        for name in DETAILS:
            for source, call in ways_in(Usage, {name: data}).items():
                for key in data:
                    self.assertIs(call().to_dict()[name][key], data[key], source)

    def test_values_are_neither_checked_nor_copied(self) -> None:
        for value in ({"a": [1]}, [None], object(), float("nan"), UNSET, 1j):
            self.assert_kept({"x": value})

    def test_any_string_can_be_an_unknown_key(self) -> None:
        self.assert_kept({"": 1, Text("key"): 2, "additional_properties": 3})

    def test_a_field_added_to_additional_properties_wins_in_to_dict(self) -> None:
        usage: Any = Usage(total_tokens=31, additional_properties={"x": 0})
        usage.additional_properties["total_tokens"] = "many"
        self.assertEqual(usage.to_dict(), {"total_tokens": "many", "x": 0})

    @unittest.skipUnless(sys.implementation.name == "cpython", "needs sys.getsizeof")
    def test_without_unknown_keys_the_dict_is_as_small_as_a_new_one(self) -> None:
        # A dict never shrinks when items are popped.
        for cls, schema in SCHEMA.items():
            kept = cls.from_dict(dict.fromkeys(schema)).additional_properties
            self.assertEqual(sys.getsizeof(kept), sys.getsizeof({}), cls.__name__)


class InvalidTest(LawTestCase):
    """Law 4."""

    def test_what_is_not_an_object(self) -> None:
        more: list[tuple[Any, str]] = [(None, "null"), (UNSET, "Unset")]
        more += [(cls(), cls.__name__) for cls in SCHEMA]
        for cls, (value, found) in itertools.product(SCHEMA, NOT_OBJECTS + more):
            message = f"expected an object, got {found}"
            self.assert_invalid(from_dict(cls, value), "", message)
            self.assert_invalid(unknown_keys(cls, value), ADDITIONAL, message)

    def test_keys_that_are_not_strings(self) -> None:
        for key, found in [(1, "integer 1"), (None, "null"), (b"a", "bytes")]:
            data = {"a": 1, key: 2, "b": 3}
            message = f"expected keys that are strings, got {found}"
            for cls in SCHEMA:
                self.assert_invalid(from_dict(cls, data), "", message)
                self.assert_invalid(unknown_keys(cls, data), ADDITIONAL, message)
            for name in DETAILS:
                self.assert_invalid(ways_in(Usage, {name: data}), name, message)

    def test_fields_among_the_additional_properties(self) -> None:
        for cls, name, _ in FIELDS:
            data = {"a": 1, name: None}
            message = f"expected keys that aren't fields, got string '{name}'"
            self.assert_invalid(unknown_keys(cls, data), ADDITIONAL, message)

    def test_the_first_invalid_field_in_schema_order_is_reported(self) -> None:
        for cls, schema in SCHEMA.items():
            for first, second in itertools.pairwise(schema):
                message = f"{KINDS[schema[first]][0]}, got string 'first'"
                data = {second: "second", first: "first"}
                self.assert_invalid(ways_in(cls, data), first, message)

    def test_exceptions_of_a_mapping_propagate_unchanged(self) -> None:
        for error in (KeyError("x"), AttributeError("x"), ValueError("x")):
            mapping: Any = collections.UserDict[str, Any]()
            mapping.keys = mock.Mock(side_effect=error)  # as a lazy mapping may do
            calls = from_dict(Usage, mapping) | unknown_keys(Usage, mapping)
            for name in DETAILS:
                calls |= ways_in(Usage, {name: mapping})
            for source, call in calls.items():
                with self.assertRaises(type(error), msg=source) as caught:
                    call()
                self.assertIs(caught.exception, error, source)
                self.assertIsNone(error.__context__, source)


class ErrorTest(unittest.TestCase):
    def test_shows_its_path_and_message_and_survives_copy_and_pickle(self) -> None:
        error = UsageValidationError("expected this, got that", path="a.b")
        for same in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
            self.assertEqual((same.message, same.path), same.args)
            self.assertEqual(str(same), "a.b: expected this, got that")
            text = "UsageValidationError('expected this, got that', 'a.b')"
            self.assertEqual(repr(same), text)
        self.assertEqual(str(UsageValidationError("expected this")), "expected this")


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

    def test_copies_and_loaded_pickles_are_equal_and_independent(self) -> None:
        usage = example()
        functions = (copy.copy, copy.deepcopy, replace)
        copies: dict[str, Any] = {f.__name__: f(usage) for f in functions}
        for n in range(pickle.HIGHEST_PROTOCOL + 1):
            copies[f"pickle, protocol {n}"] = pickle.loads(pickle.dumps(usage, n))
        for name, same in copies.items():
            self.assertEqual(repr(same), repr(example()), name)
            same.additional_properties["new"] = 99
        self.assertEqual(repr(usage), repr(example()), "A copy shares its contents.")

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

    def test_unset_is_falsy_and_the_only_value_of_its_type(self) -> None:
        self.assertEqual(list(Unset), [UNSET])
        self.assertFalse(UNSET, "UNSET is true")

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


def model(field_type: Any) -> Any:
    """Return a pydantic model with a field `usage`, which is `None` by default."""
    return pydantic.create_model("Model", usage=(field_type, None))


@unittest.skipUnless(pydantic, "pydantic is not installed")
class PydanticTest(unittest.TestCase):
    """The laws for the fields of a pydantic model."""

    @classmethod
    def setUpClass(cls) -> None:
        model(Usage)().model_dump_json()  # If this fails, so would every test.

    def test_a_field_is_read_by_from_dict_and_written_by_to_dict(self) -> None:
        usage, data = example(), example().to_dict()
        cases: list[tuple[Any, Any, Any]] = [
            (Usage, {}, Usage()),
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

    def test_any_mapping_is_read(self) -> None:
        for mapping in MAPPINGS:
            read = model(Usage)(usage=mapping)
            self.assertEqual(read.usage, Usage.from_dict(mapping))

    def test_an_invalid_value_is_reported_with_its_path(self) -> None:
        path = "usage\n  Value error, prompt_tokens_details.cached_tokens: expected"
        with self.assertRaisesRegex(pydantic.ValidationError, path):
            model(Usage)(usage={"prompt_tokens_details": {"cached_tokens": "12"}})
        for value in ({b"a": 1}, *(value for value, _ in NOT_OBJECTS)):
            with self.assertRaises(pydantic.ValidationError, msg=repr(value)):
                model(PromptDetails)(usage=value)

    def test_a_union_chooses_the_type_that_fits(self) -> None:
        other: Any = pydantic.create_model("Other", name=(str, ...))
        name, count, wrong = {"name": "a"}, {"prompt_tokens": 1}, {"prompt_tokens": ""}
        cases: list[tuple[Any, Any, type[Any], Any]] = [
            # the union, a value, the type that is chosen, and what is written
            (Usage | other, other(name="a"), other, name),
            (other | Usage, name, other, name),
            (other | Usage, count, Usage, count),
            (JSON | Usage, Usage(prompt_tokens=1), Usage, count),
            (JSON | Usage, count, dict, count),
            (Usage | JSON, count, Usage, count),
            (Usage | JSON, wrong, dict, wrong),
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
        default = model(Usage)()  # whose usage is None
        constructed = model(Usage).model_construct(usage="text")
        for unvalidated, value in ((default, None), (constructed, "text")):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # pydantic's, about the type
                self.assertEqual(unvalidated.model_dump(), {"usage": value})
                text = unvalidated.model_dump_json()
            self.assertEqual(json.loads(text), {"usage": value})

    def test_keys_can_be_included_and_excluded(self) -> None:
        read = model(Usage)(usage={"prompt_tokens": 11, "cost": 0.5})
        excluded = read.model_dump(exclude={"usage": {"cost"}})
        self.assertEqual(excluded, {"usage": {"prompt_tokens": 11}})
        included = read.model_dump(include={"usage": {"cost"}})
        self.assertEqual(included, {"usage": {"cost": 0.5}})

    def test_the_json_schema_lists_the_fields(self) -> None:
        for mode, cls in itertools.product(("validation", "serialization"), SCHEMA):
            json_schema = model(cls | None).model_json_schema(mode=mode)
            written = json_schema["$defs"][cls.__name__]
            properties = {
                name: [option["type"] for option in field["anyOf"]]
                for name, field in written.pop("properties").items()
            }
            expected = {name: KINDS[kind][1] for name, kind in SCHEMA[cls].items()}
            self.assertEqual(properties, expected, mode)
            others = {"title": cls.__name__, "type": "object"}
            self.assertEqual(written, {**others, "additionalProperties": True}, mode)


class ClassTest(unittest.TestCase):
    def test_is_frozen_final_and_keyword_only_and_has_slots(self) -> None:
        for cls in SCHEMA:
            with self.assertRaises(dataclasses.FrozenInstanceError, msg=cls):
                cls().additional_properties = {}
            with self.assertRaises(TypeError, msg=cls):
                cls(1)
            self.assertNotIn("__dict__", dir(cls()), cls)
            for bases in ((cls,), (type("Mixin", (), {}), cls)):
                with self.assertRaisesRegex(TypeError, f"{cls.__name__}.* is final"):
                    type("Subclass", bases, {})

    def test_instances_are_equal_if_their_fields_are(self) -> None:
        for cls, schema in SCHEMA.items():
            # Unknown keys aren't hashed, because their values may be lists.
            different = [cls(), cls.from_dict({"x": []})]
            for name, kind in schema.items():
                value: Any = {} if kind == "object" else 0
                different += [cls.from_dict({name: None}), cls.from_dict({name: value})]
            for one, other in itertools.combinations(different, 2):
                self.assertNotEqual(one, other)
            self.assertEqual(len({*different, *different}), len(different))
        self.assertNotEqual(PromptDetails(), CompletionDetails())

    def test_repr_shows_every_field(self) -> None:
        # Many tests compare representations, so they rely on this.
        for cls, schema in SCHEMA.items():
            data = {**dict.fromkeys(schema), "x": 0}
            fields = "".join(f"{name}=None, " for name in schema)
            shown = f"{cls.__name__}({fields}additional_properties={{'x': 0}})"
            self.assertEqual(repr(cls.from_dict(data)), shown)

    def test_type_hints(self) -> None:
        for cls, schema in SCHEMA.items():
            expected: JSON = {"additional_properties": Mapping[str, Any]}
            for name, kind in schema.items():
                expected[name] = (DETAILS.get(name) or KINDS[kind][2]) | None | Unset
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

    @unittest.skipIf(sys.flags.optimize == 2, "-OO drops docstrings")
    def test_example_of_the_module(self) -> None:
        names = {**vars(usage_models)}
        self.assert_pass(usage_models.__doc__ or "", names, MODULE.name)

    def test_each_example_of_readme_runs_alone(self) -> None:
        names: JSON = {}
        for block in re.finditer(r"(?ms)^```pycon\n(.*?)^```$", README):
            if pydantic or "pydantic" not in block[1]:
                line = README.count("\n", 0, block.start(1))
                self.assert_pass(block[1], {**names}, "README.md", line)
            names = {"Usage": Usage}  # The first example imports it for the others.

    def test_first_command_of_readme(self) -> None:
        pattern = r"(?s)echo '(.*?)' \| python3 -c '(.*?)'\n```\n\nIt prints `(.*?)`"
        ((body, code, printed),) = re.findall(pattern, README)
        command = [sys.executable, "-c", code]
        environ = {**os.environ, "PYTHONPATH": str(MODULE.parent)}
        result = subprocess.run(
            command, input=body, env=environ, capture_output=True, encoding="utf-8"
        )
        self.assertEqual(result.stdout + result.stderr, f"{printed}\n")

    def test_readme_lists_every_field(self) -> None:
        listed = re.findall(r"(?m)^(\| `[\w.]+` \| \w+ \|)", README)
        expected: list[str] = []
        for name, kind in SCHEMA[Usage].items():
            if name in DETAILS:
                details = SCHEMA[DETAILS[name]].items()
                expected += [f"| `{name}.{key}` | {kind} |" for key, kind in details]
            else:
                expected.append(f"| `{name}` | {kind} |")
        self.assertEqual("\n".join(listed), "\n".join(expected))


def missing_pieces(cls: Class) -> Iterator[str]:
    """Yield what is missing or wrong in a class, in the order in which to mend it."""
    schema, names = SCHEMA[cls], [*SCHEMA[cls], "additional_properties"]
    fields = [field.name for field in dataclasses.fields(cls)]
    for name, kind in schema.items():
        if kind not in KINDS or (kind == "object" and name not in DETAILS):
            table = "DETAILS" if kind in KINDS else "KINDS"
            yield f"{kind} {name} needs an entry in {table}"
    yield from (f"has {f}, which SCHEMA lacks" for f in fields if f not in names)
    yield from (f"leaves out {name}" for name in names if name not in fields)
    if fields != names:
        yield f"has its fields in another order: {fields}"
    pattern = r'(?m)^    (\w+): .*\n(?:     .*\n|    \)\n)*    """'
    documented = re.findall(pattern, inspect.getsource(cls))
    yield from (f"doesn't document {name}" for name in names if name not in documented)
    read = cls.from_dict(dict.fromkeys(schema))
    yield from (f"from_dict leaves out {name}" for name in read.additional_properties)
    written = read.to_dict()
    yield from (f"to_dict leaves out {name}" for name in schema if name not in written)
    set_ = [name for name in schema if getattr(cls(), name) is not UNSET]
    yield from (f"doesn't default {name} to UNSET" for name in set_)
    yield from (f"to_dict writes a missing {name}" for name in cls().to_dict())


def setUpModule() -> None:
    """Stop at the first missing piece or failing example, as most tests would fail."""
    try:
        for cls in SCHEMA:
            for piece in missing_pieces(cls):
                raise AssertionError(f"{cls.__name__}: {piece}")
        for test in unittest.defaultTestLoader.loadTestsFromTestCase(ExampleTest):
            test.debug()
    except RecursionError:  # Its traceback would have thousands of lines.
        raise AssertionError("from_dict and another method call each other") from None


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
