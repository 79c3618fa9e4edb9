"""Tests of usage_models. Run them with `python3 -m unittest`.

They hold four laws:

1. Lossless: `from_dict(x).to_dict() == x` for every valid object, keys that the schema
   does not name included; but an integral float in an integer becomes an int.
2. Always valid: whatever way an instance was made, JSON can hold its members, and
   `from_dict(u.to_dict())` gives it back. All ways go through `from_dict`.
3. Three states: a member is `UNSET` (missing), `None` (null) or its value, and no state
   becomes another. No encoder writes `UNSET` as a value of its own accord, and where it
   does get out (an error, a log, a `default` that the caller gave), it says its name.
4. One error: what is not valid raises `UsageValidationError`, with the path, what was
   expected and what came, whatever class it is of. What the caller's own code raises (a
   lazy mapping's) is no invalid input: it passes.
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
import operator
import pathlib
import pickle
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import types
import typing
import unittest
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import usage_models
from usage_models import UNSET, Unset, UsageValidationError

Usage = usage_models.PostV2ProxyCompletionsUsage
PromptDetails = usage_models.PostV2ProxyCompletionsPromptTokensDetails
CompletionDetails = usage_models.PostV2ProxyCompletionsCompletionTokensDetails
JSON: TypeAlias = dict[str, Any]
HERE = pathlib.Path(__file__).resolve().parent
MODULE = pathlib.Path(usage_models.__file__)
NAN = float("nan")
INFINITY = float("inf")
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)

# The schema, stated apart from the module: each member's JSON type, in order.
PROMPT = {"cached_tokens": "integer", "audio_tokens": "integer"}
COMPLETION = {
    "reasoning_tokens": "number",
    "accepted_prediction_tokens": "number",
    "rejected_prediction_tokens": "number",
    "audio_tokens": "integer",
}
COUNTS = {
    "completion_tokens": "number",
    "prompt_tokens": "number",
    "total_tokens": "number",
}
DETAILS = {"prompt_tokens_details": PROMPT, "completion_tokens_details": COMPLETION}
SCHEMA: dict[type[Any], dict[str, Any]] = {
    Usage: {**COUNTS, **DETAILS},
    PromptDetails: PROMPT,
    CompletionDetails: COMPLETION,
}
CLASSES = dict(zip(DETAILS, [PromptDetails, CompletionDetails], strict=True))
EXPECTED = {"number": "a number or null", "integer": "an integer or null"}

# One object for each manner in which providers say more than the schema names.
RECORDED = {
    "no total": """
        {"completion_tokens": 11, "prompt_tokens": 3171, "prompt_text_tokens": 1626,
         "prompt_image_tokens": 1545, "reasoning_tokens": 402,
         "cached_prompt_text_tokens": 1280, "cost_in_usd_ticks": "69000000"}""",
    "costs and further details": """
        {"completion_tokens": 10, "completion_tokens_details":
         {"audio_tokens": 0, "image_tokens": 0, "reasoning_tokens": 0},
         "cost": 0.00093, "cost_details":
         {"upstream_inference_completions_cost": 0.00015,
          "upstream_inference_cost": 0.00093,
          "upstream_inference_prompt_cost": 0.00078},
         "is_byok": false, "prompt_tokens": 260, "prompt_tokens_details":
         {"audio_tokens": 0, "cache_write_tokens": 0, "cached_tokens": 0,
          "video_tokens": 0}, "total_tokens": 270}""",
    "a null inside the details": """
        {"completion_tokens": 118, "completion_tokens_details":
         {"reasoning_tokens": 108}, "prompt_tokens": 20, "prompt_tokens_details":
         {"cached_tokens": 0, "multimodal_tokens": null}, "total_tokens": 138}""",
    "details under another name": """
        {"prompt_tokens": 40, "total_tokens": 340, "completion_tokens": 300,
         "prompt_token_details": {"cached_tokens": 0},
         "completion_token_details": {"reasoning_tokens": 0}}""",
}


# What callers may hand in: subclasses of numbers, strings and mappings whose methods
# raise, or answer as those of the built-in class do not, and objects that pretend. None
# may bring about another error than the one that there is, or get in as it is.

Liar = type("Liar", (), {"__class__": str})  # as `unittest.mock.Mock(spec=str)` is


def hostile(base: type[Any]) -> Any:
    """Return a subclass of `base` each of whose methods raises."""

    def method(*_: object) -> None:
        raise RuntimeError("the caller's own code")

    kept = {"__new__", "__init__", "__class__", "__getattribute__"}
    kept |= {"__init_subclass__", "__subclasshook__"}
    names = {name for name in dir(base) if callable(getattr(base, name))} - kept
    return type("Hostile", (base,), dict.fromkeys(names, method))


class Code(int, enum.Enum):
    """An int whose `format` raises."""

    FIVE = 5


class Size(enum.IntEnum):
    FIVE = 5


class Key(str):
    pass


class EqualToAll:
    def __eq__(self, other: object) -> bool:
        return True


class Masked:
    """Raises when it is asked for its class."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError("the caller's own code")


class Lazy(collections.UserDict[str, Any]):
    """Raises when it is read, and an error that could be the module's."""

    def keys(self) -> Any:
        raise UsageValidationError("the caller's own code")


class OtherDict(dict[str, Any]):
    """Answers as no dict does, like a box or the headers of an HTTP library."""

    def __contains__(self, key: object) -> bool:
        return True

    def get(self, key: str, default: Any = None) -> Any:
        return {}

    def items(self) -> Any:
        return {1: "no string"}.items()


def example() -> Usage:
    """Return a usage object with all three states and additional properties."""
    return Usage(
        prompt_tokens=11,
        total_tokens=None,
        prompt_tokens_details=PromptDetails(
            cached_tokens=None, additional_properties={"x_image_tokens": 3}
        ),
        additional_properties={"x_cost": {"usd": [0.5, None]}},
    )


# The doors: each makes an instance of `cls` of the members of a JSON object.


def from_dict(cls: type[Any], members: Any) -> Any:
    return cls.from_dict(members)


def constructor(cls: type[Any], members: Any) -> Any:
    return cls(**arguments(cls, members))


def replace(cls: type[Any], members: Any) -> Any:
    # Python 3.13 has a replace of its own.
    make = getattr(copy, "replace", dataclasses.replace)
    return make(cls(), **arguments(cls, members))


def arguments(cls: type[Any], members: Any) -> JSON:
    named = {name: members[name] for name in SCHEMA[cls] if name in members}
    return {**named, "additional_properties": without(members, SCHEMA[cls])}


def without(members: Mapping[Any, Any], names: Iterable[str]) -> dict[Any, Any]:
    return {key: members[key] for key in members if key not in names}


def with_additional(cls: type[Any], more: Any) -> Any:
    return cls(additional_properties=more)


DOORS = (from_dict, constructor, replace)
EVERYWHERE = [
    (door, cls, name, SCHEMA[cls][name])
    for door, cls in itertools.product(DOORS, SCHEMA)
    for name in SCHEMA[cls]
]


def gaps() -> Iterator[str]:
    """Yield what the schema above or the module leaves out, as README.md orders it."""
    for cls, schema in SCHEMA.items():
        name = cls.__name__.removeprefix("PostV2ProxyCompletions")
        source = inspect.getsource(cls)
        *fields, _ = [field.name for field in dataclasses.fields(cls)]
        yield from (f"SCHEMA leaves out {name}.{it}" for it in {*fields} - {*schema})
        for it in schema:
            if it not in fields:
                yield f"{name} leaves out {it}"
            if not re.search(rf'\n    {it}: .*\n    """', source):
                yield f"{name} does not say what {it} means"
        read = cls.from_dict(dict.fromkeys(schema))
        for it in schema:
            if getattr(read, it, UNSET) is UNSET:
                yield f"{name}.from_dict leaves out {it}"
        back = read.to_dict()
        yield from (f"{name}.to_dict leaves out {it}" for it in {*schema} - {*back})


def setUpModule() -> None:
    """Fail before all tests, and in one line: most would fail of what is left out."""
    for gap in gaps():
        raise AssertionError(gap)


def unpickle(pickled: bytes) -> tuple[Any, set[str]]:
    """Return what is in a pickle, and what it calls or refers to by name."""
    names: set[str] = set()

    class Unpickler(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> Any:
            names.add(f"{module}.{name}")
            return super().find_class(module, name)

    return Unpickler(io.BytesIO(pickled)).load(), names


class UnsetTest(unittest.TestCase):
    def test_is_the_one_member_and_false(self) -> None:
        self.assertEqual(list(Unset), [UNSET])
        self.assertIs(Unset.UNSET, UNSET)
        self.assertIs(bool(UNSET), False)

    def test_reads_as_its_name(self) -> None:
        self.assertEqual([repr(UNSET), str(UNSET), f"{UNSET}"], ["UNSET"] * 3)
        self.assertEqual("%s" % UNSET, "UNSET")  # noqa: UP031

    def test_stays_itself(self) -> None:
        self.assertIs(copy.copy(UNSET), UNSET)
        self.assertIs(copy.deepcopy(UNSET), UNSET)
        for protocol in PROTOCOLS:
            with self.subTest(protocol=protocol):
                self.assertIs(pickle.loads(pickle.dumps(UNSET, protocol)), UNSET)

    def test_can_be_pickled_where_the_module_cannot_be_imported(self) -> None:
        # cloudpickle pickles the class by value then. Here a persistent id stands in.
        class Pickler(pickle.Pickler):
            def persistent_id(self, obj: Any) -> str | None:
                return "Unset" if obj is Unset else None

        class Unpickler(pickle.Unpickler):
            def persistent_load(self, pid: str) -> type[Unset]:
                return Unset

        for protocol in PROTOCOLS:
            with self.subTest(protocol=protocol):
                file = io.BytesIO()
                Pickler(file, protocol).dump(UNSET)
                self.assertNotIn(b"usage_models", file.getvalue())
                file.seek(0)
                self.assertIs(Unpickler(file).load(), UNSET)

    def test_pickle_of_an_earlier_version(self) -> None:
        self.assertIs(pickle.loads(b"cusage_models\nUNSET\n."), UNSET)

    def test_encoders_find_no_attributes_to_write(self) -> None:
        # An enum member is written as its value. Encoders that don't know the value's
        # type write its `__dict__`, as `vars` does, or what its `__slots__` lists.
        for attribute in ("__dict__", "__slots__"):
            self.assertFalse(hasattr(UNSET.value, attribute), attribute)
        for default in (vars, operator.attrgetter("__dict__")):
            with self.assertRaises((TypeError, AttributeError)):
                json.dumps(UNSET.value, default=default)

    def test_no_encoder_writes_it_but_by_a_default_that_is_given(self) -> None:
        # orjson, msgspec, pydantic and FastAPI take an enum member for its value.
        for value in (UNSET, UNSET.value):
            with self.subTest(type(value)):
                with self.assertRaisesRegex(TypeError, "(?i)unset is not JSON"):
                    json.dumps(value)
                for default in (repr, str):
                    self.assertEqual(json.dumps(value, default=default), '"UNSET"')
        with self.assertRaisesRegex(TypeError, "Unset is not JSON"):
            json.dumps(dataclasses.asdict(Usage()))


def shapes(schema: JSON) -> Iterator[JSON]:
    """Yield every object in which each member is missing, null or set."""
    states: list[list[JSON]] = []
    for index, name in enumerate(schema):
        values: Iterable[Any] = [index if schema[name] == "integer" else index + 0.5]
        if name in DETAILS:
            values = shapes(DETAILS[name])
        states.append([{}, {name: None}, *({name: value} for value in values)])
    for members in itertools.product(*states):
        yield {name: value for member in members for name, value in member.items()}


class WireTest(unittest.TestCase):
    """Laws 1 and 3."""

    def assert_reads(self, instance: object, wire: JSON, schema: JSON) -> None:
        for name in schema:
            value = wire.get(name, UNSET)
            if isinstance(value, dict):
                self.assert_reads(getattr(instance, name), wire[name], schema[name])
            else:
                self.assertIs(getattr(instance, name), value)

    def test_every_shape(self) -> None:
        seen = 0
        for wire in shapes(SCHEMA[Usage]):
            usage = Usage.from_dict(wire)
            self.assert_reads(usage, wire, SCHEMA[Usage])
            back = usage.to_dict()
            self.assertEqual(json.dumps(back), json.dumps(wire))
            again = Usage.from_dict(back)
            self.assertEqual(again, usage)
            self.assertEqual(hash(again), hash(usage))
            seen += 1
        ways = [2 + 3 ** len(schema) for schema in DETAILS.values()]
        self.assertEqual(seen, 3 ** len(COUNTS) * math.prod(ways))

    def test_recorded(self) -> None:
        for manner, text in RECORDED.items():
            with self.subTest(manner):
                wire = json.loads(text)
                usage = Usage.from_dict(wire)
                self.assert_reads(usage, wire, SCHEMA[Usage])
                back = json.dumps(usage.to_dict(), sort_keys=True)
                self.assertEqual(back, json.dumps(wire, sort_keys=True))

    def test_the_members_of_the_schema_come_first(self) -> None:
        for door, (cls, schema) in itertools.product(DOORS, SCHEMA.items()):
            with self.subTest(door=door, cls=cls):
                wire: JSON = {"z": 0, **dict.fromkeys(reversed(schema)), "a": 1}
                self.assertEqual([*door(cls, wire).to_dict()], [*schema, "z", "a"])

    def test_to_dict_gives_a_new_dict(self) -> None:
        usage = example()
        back = usage.to_dict()
        self.assertIs(type(back), dict)
        back["prompt_tokens_details"]["cached_tokens"] = 99
        back["prompt_tokens_details"]["new"] = 99
        back["total_tokens"] = back["x_cost"] = back["new"] = 99
        self.assertEqual(usage, example())

    def test_the_sum_is_not_checked(self) -> None:
        wire = {"completion_tokens": 1, "prompt_tokens": 1, "total_tokens": 3}
        self.assertEqual(Usage.from_dict(wire).to_dict(), wire)


class MemberTest(unittest.TestCase):
    """What a member becomes: the same through every door."""

    def assert_count(self, kind: str, given: Any, kept: object) -> None:
        for door, cls, name, named in EVERYWHERE:
            if named == kind:
                with self.subTest(door=door, cls=cls, name=name, kept=kept):
                    count: object = getattr(door(cls, {name: given}), name)
                    self.assertIs(type(count), type(kept))
                    self.assertEqual(repr(count), repr(kept))

    def test_null_and_unset(self) -> None:
        for door, cls, name, _ in EVERYWHERE:
            with self.subTest(door=door, cls=cls, name=name):
                null, unset = door(cls, {name: None}), door(cls, {name: UNSET})
                self.assertIsNone(getattr(null, name))
                self.assertEqual(null.to_dict(), {name: None})
                self.assertIs(getattr(unset, name), UNSET)
                self.assertEqual(unset.to_dict(), {})

    def test_int(self) -> None:
        for kind, count in itertools.product(EXPECTED, (0, 7, 2**53 + 1, 10**400)):
            self.assert_count(kind, count, count)
        huge = 10**5_000  # Python refuses to write it out.
        self.assertIs(Usage.from_dict({"total_tokens": huge}).total_tokens, huge)
        self.assertIs(PromptDetails(cached_tokens=huge).cached_tokens, huge)

    def test_negative_and_fractional_counts_are_kept(self) -> None:
        for kind in EXPECTED:
            self.assert_count(kind, -1, -1)
        for count in (0.5, -2.5, 5e-324):
            self.assert_count("number", count, count)

    def test_float(self) -> None:
        for count in (5.0, -0.0, sys.float_info.max):
            self.assert_count("number", count, count)
        for given, kept in ((5.0, 5), (-5.0, -5), (-0.0, 0), (1e300, int(1e300))):
            self.assert_count("integer", given, kept)

    def test_subclasses_of_int_and_float(self) -> None:
        fives = (Code.FIVE, Size.FIVE, hostile(int)(5))
        for kind, five in itertools.product(EXPECTED, fives):
            self.assert_count(kind, five, 5)
        self.assert_count("number", hostile(float)(5.0), 5.0)
        self.assert_count("number", hostile(float)(-2.5), -2.5)
        self.assert_count("integer", hostile(float)(-5.0), -5)

    def test_details(self) -> None:
        for door, (name, cls) in itertools.product(DOORS, CLASSES.items()):
            with self.subTest(door=door, name=name):
                details = cls()
                self.assertIs(getattr(door(Usage, {name: details}), name), details)
                usage = door(Usage, {name: {}})
                self.assertEqual(getattr(usage, name), details)
                self.assertEqual(usage.to_dict(), {name: {}})

    def assert_additional(self, cls: type[Any], more: JSON) -> None:
        for door in DOORS:
            with self.subTest(door=door, cls=cls):
                instance = door(cls, more)
                kept, back = instance.additional_properties, instance.to_dict()
                self.assertTrue(type(kept) is dict)
                self.assertEqual([*kept.items()], [*more.items()])
                self.assertEqual([*back], [*more])
                for key, value in more.items():
                    self.assertIs(kept[key], value)
                    self.assertIs(back[key], value)

    def test_additional_values(self) -> None:
        values = ({"a": [1]}, [None], object(), NAN, UNSET, decimal.Decimal(1), Size(5))
        for cls, value in itertools.product(SCHEMA, values):
            self.assert_additional(cls, {"more": value})

    def test_additional_keys(self) -> None:
        keys = ["", Key("key"), "to_dict", "additional_properties"]
        keys += itertools.chain(*SCHEMA.values())
        for cls, schema in SCHEMA.items():
            self.assert_additional(cls, {key: 1 for key in keys if key not in schema})


# Every kind of mapping that people hold JSON objects in.
MAPPINGS: list[Callable[[dict[Any, Any]], Mapping[Any, Any]]] = [
    lambda members: members,
    lambda members: collections.defaultdict(int, members),
    collections.OrderedDict,
    collections.UserDict,
    collections.ChainMap,
    types.MappingProxyType,
    OtherDict,
]


def interrupted(step: int, change: Any, make: Any, cls: Any, members: Any) -> object:
    """Return what comes of `members`, changed at a step; None past the last step."""
    steps = itertools.count(1)

    def trace(frame: types.FrameType, event: str, argument: object) -> Any:
        frame.f_trace_opcodes = True
        if next(steps) == step:
            change(members)
        return trace

    tracing = sys.gettrace()
    sys.settrace(trace)
    try:
        outcome = make(cls, members).to_dict()
    except UsageValidationError as error:
        outcome = error.message
    finally:
        sys.settrace(tracing)
    return outcome if next(steps) > step else None


class MappingTest(unittest.TestCase):
    def test_of_any_kind(self) -> None:
        wire: JSON = {"audio_tokens": 31, "Audio_Tokens": {}, "x_cost": 0.5}
        for mapping in MAPPINGS:
            given = mapping(wire)
            with self.subTest(type(given).__name__):
                for cls in SCHEMA:
                    self.assertEqual(cls.from_dict(given).to_dict(), wire)
                for door, name in itertools.product(DOORS, DETAILS):
                    usage = door(Usage, {name: given})
                    self.assertEqual(usage.to_dict(), {name: wire})
                more = with_additional(Usage, given).additional_properties
                self.assertEqual(more, wire)
                self.assertTrue(type(more) is dict)
        layers = collections.ChainMap({"total_tokens": 31}, {"total_tokens": 1, **wire})
        self.assertEqual(Usage.from_dict(layers).total_tokens, 31)

    def test_is_copied(self) -> None:
        for door in DOORS:
            details = {"cached_tokens": 1, "more": 2}
            wire: JSON = {"prompt_tokens_details": details, "x_cost": 3}
            before = copy.deepcopy(wire)
            usage = door(Usage, wire)
            wire["x_cost"] = details["more"] = details["cached_tokens"] = 99
            wire["new"] = details["new"] = 99
            self.assertEqual(usage.to_dict(), before)
        for cls in SCHEMA:
            more = {"x_cost": 1}
            instance = with_additional(cls, more)
            more["x_cost"] = more["new"] = 99
            self.assertEqual(instance.additional_properties, {"x_cost": 1})

    def test_changed_by_another_thread_it_is_as_before_or_as_after(self) -> None:
        no_string = "expected keys that are strings, got integer 1"
        for cls, schema in SCHEMA.items():
            wire: JSON = {"x_cost": 3, **dict.fromkeys(schema)}
            for make, before in ((from_dict, wire), (with_additional, {"x_cost": 3})):
                for change, after in (
                    (operator.methodcaller("clear"), {}),
                    (operator.methodcaller("update", more=1), {**before, "more": 1}),
                    (operator.methodcaller("update", {1: 1}), no_string),
                ):
                    with self.subTest(cls=cls, make=make, change=change):
                        outcomes: list[object] = []
                        while not outcomes or outcomes[-1] is not None:
                            step = len(outcomes) + 1
                            outcomes.append(
                                interrupted(step, change, make, cls, {**before})
                            )
                        self.assertEqual(outcomes[0], after)
                        self.assertEqual(outcomes[-2], before)
                        for outcome in outcomes[:-1]:
                            self.assertIn(outcome, (before, after))


# What is no count, object or string, and how an error names it.
NO_COUNTS: list[tuple[Any, str]] = [
    ("12", "string '12'"),
    ("", "string ''"),
    (hostile(str)("12"), "string '12'"),
    (True, "boolean true"),
    (False, "boolean false"),
    (NAN, "float nan"),
    (INFINITY, "float inf"),
    (-INFINITY, "float -inf"),
    (hostile(float)("nan"), "float nan"),
    (5j, "complex"),
    (decimal.Decimal(5), "Decimal"),
    (b"5", "bytes"),
    ([5], "array"),
    ((5,), "array"),
    (hostile(list)(), "array"),
    ({}, "object"),
    (collections.UserDict(), "object"),
    (hostile(dict)(), "object"),
    (Masked(), "Masked"),
    (EqualToAll(), "EqualToAll"),
]
FRACTIONS: list[tuple[Any, str]] = [
    (5.5, "number 5.5"),
    (-1e-9, "number -1e-09"),
    (hostile(float)(-2.5), "number -2.5"),
]
NO_OBJECTS: list[tuple[Any, str]] = [
    *(case for case in NO_COUNTS if case[1] not in ("object", "Masked")),
    *FRACTIONS,
    ([("total_tokens", 1)], "array"),
    (7, "integer 7"),
    (Code.FIVE, "integer 5"),
]
NO_STRINGS: list[tuple[Any, str]] = [
    (1, "integer 1"),
    (Code.FIVE, "integer 5"),
    (None, "null"),
    (True, "boolean true"),
    (b"total_tokens", "bytes"),
    (("total_tokens",), "array"),
    (Liar(), "Liar"),
]


class RefusalTest(unittest.TestCase):
    """Law 4, through every door."""

    def assert_refused(self, path: str, text: str, door: Any, *given: Any) -> None:
        with self.subTest(door=door, cls=given[0], path=path, text=text):
            with self.assertRaises(UsageValidationError) as caught:
                door(*given)
            error = caught.exception
            self.assertEqual((error.path, error.message), (path, text))
            self.assertEqual(error.args, (text, path))
            self.assertIsNone(error.__context__)

    def test_counts(self) -> None:
        for door, cls, name, kind in EVERYWHERE:
            if name not in DETAILS:
                for value, got in NO_COUNTS + FRACTIONS * (kind == "integer"):
                    message = f"expected {EXPECTED[kind]}, got {got}"
                    self.assert_refused(name, message, door, cls, {name: value})

    def test_counts_in_details(self) -> None:
        for door, outer in itertools.product(DOORS, DETAILS):
            for name, kind in DETAILS[outer].items():
                message = f"expected {EXPECTED[kind]}, got boolean true"
                path, members = f"{outer}.{name}", {outer: {name: True}}
                self.assert_refused(path, message, door, Usage, members)

    def test_objects(self) -> None:
        more = (None, "null"), (UNSET, "Unset"), (Usage(), Usage.__name__)
        for value, got in [*NO_OBJECTS, *more]:
            message = f"expected an object, got {got}"
            for cls in SCHEMA:
                self.assert_refused("", message, from_dict, cls, value)
                path = "additional_properties"
                self.assert_refused(path, message, with_additional, cls, value)

    def test_details(self) -> None:
        for door, name in itertools.product(DOORS, DETAILS):
            others = {Usage, *CLASSES.values()} - {CLASSES[name]}
            more = [(other(), other.__name__) for other in others]
            for value, got in NO_OBJECTS + more:
                message = f"expected an object or null, got {got}"
                self.assert_refused(name, message, door, Usage, {name: value})

    def test_what_the_code_of_a_mapping_raises_passes(self) -> None:
        raised = RuntimeError, UsageValidationError
        for raising in (Lazy(), hostile(dict)(), Masked()):
            details = [{name: raising} for name in DETAILS]
            given: list[Any] = [
                *itertools.product((from_dict, with_additional), SCHEMA, [raising]),
                *itertools.product(DOORS, [Usage], details),
            ]
            for door, cls, members in given:
                with self.subTest(door=door, cls=cls, raising=type(raising)):
                    with self.assertRaisesRegex(raised, "^the caller's own") as caught:
                        door(cls, members)
                    self.assertIsNone(caught.exception.__context__)

    def test_keys(self) -> None:
        for key, got in NO_STRINGS:
            message = f"expected keys that are strings, got {got}"
            members = {"a": 1, key: 2}
            for door, cls in itertools.product(DOORS, SCHEMA):
                path = "" if door is from_dict else "additional_properties"
                self.assert_refused(path, message, door, cls, members)
            for door, name in itertools.product(DOORS, DETAILS):
                self.assert_refused(name, message, door, Usage, {name: members})

    def test_additional_keys_that_the_schema_names(self) -> None:
        path = "additional_properties"
        for cls, schema in SCHEMA.items():
            for name in schema:
                message = f"expected no key that the schema names, got string '{name}'"
                members = {"a": 1, name: None}
                self.assert_refused(path, message, with_additional, cls, members)

    def test_the_first_fault_in_the_order_of_the_schema(self) -> None:
        for door, (cls, schema) in itertools.product(DOORS, SCHEMA.items()):
            for first, second in itertools.pairwise([*schema, "no string"]):
                expected = "an object or null"
                if first not in DETAILS:
                    expected = EXPECTED[schema[first]]
                message = f"expected {expected}, got string 'first'"
                key: Any = 3 if second == "no string" else second
                members = {"a": 1, key: {4: "second"}, first: "first"}
                self.assert_refused(first, message, door, cls, members)
        for cls, (first, *_, last) in SCHEMA.items():
            for more in (5, {3: 0}, {first: 0}):
                given: JSON = {last: "first", "additional_properties": more}
                with self.assertRaisesRegex(UsageValidationError, "'first'"):
                    cls(**given)
            message = "expected keys that are strings, got integer 3"
            wrong = {first: 0, 3: 0}
            path = "additional_properties"
            self.assert_refused(path, message, with_additional, cls, wrong)


class ErrorTest(unittest.TestCase):
    def test_is_a_value_error_that_shows_path_and_message(self) -> None:
        error = UsageValidationError("expected this, got that", "a.b")
        self.assertIsInstance(error, ValueError)
        self.assertEqual((error.message, error.path), error.args)
        self.assertEqual(error.message, "expected this, got that")
        self.assertEqual(str(error), "a.b: expected this, got that")
        whole = UsageValidationError("expected this")
        self.assertEqual((whole.path, str(whole)), ("", "expected this"))

    def test_pickles_and_copies(self) -> None:
        error = UsageValidationError("expected this, got that", "a.b")
        pickles = [pickle.dumps(error, protocol) for protocol in PROTOCOLS]
        copies = [copy.copy(error), copy.deepcopy(error), *map(pickle.loads, pickles)]
        for same in copies:
            self.assertIsInstance(same, UsageValidationError)
            self.assertEqual((same.path, same.message), (error.path, error.message))

    def test_names_what_came_in_one_line_of_60_characters(self) -> None:
        values: list[tuple[Any, str]] = [
            ("x" * 51, f"string '{'x' * 51}'"),
            ("x" * 52, f"string '{'x' * 49}..."),
            ("x" * 10_000_000, f"string '{'x' * 49}..."),
            ("\0" * 99, r"string '" + r"\x00" * 12 + r"\..."),
            ("a\nb\u2028", r"string 'a\nb\u2028'"),
            (hostile(str)("x" * 99), f"string '{'x' * 49}..."),
            (Key("key"), "string 'key'"),
            (-7, "integer -7"),
            (10**51, f"integer 1{'0' * 51}"),
            (10**52, f"integer 1{'0' * 48}..."),
            (2**199 - 1, f"integer {str(2**199)[:49]}..."),
            (2**199, "integer"),
            (-(10**5_000), "integer"),
            (hostile(int)(7), "integer 7"),
            (hostile(float)(0.5), "number 0.5"),
            (time.gmtime(0), "array"),
            (type("A" * 60, (), {})(), "A" * 60),
            (type("A" * 61, (), {})(), f"{'A' * 57}..."),
        ]
        for value, got in values:
            with self.subTest(got=got):
                with self.assertRaises(UsageValidationError) as caught:
                    Usage.from_dict(value)
                message = f"expected an object, got {got}"
                self.assertEqual(str(caught.exception), message)


def faults(wire: Any, schema: JSON) -> list[str]:
    """Return the paths at which `wire` is not valid, in the order of the schema."""
    paths: list[str] = []
    for name, kind in schema.items():
        value = wire.get(name)
        if value is None or value is UNSET:
            continue
        if name in DETAILS and isinstance(value, Mapping):
            paths += [f"{name}.{path}".rstrip(".") for path in faults(value, kind)]
        elif name in DETAILS or type(value) not in (int, float) or value - value != 0:
            paths.append(name)
        elif kind == "integer":
            paths += [name] * (value != int(value))
    return paths + [""] * any(type(key) is not str for key in wire)


def normal(wire: Any, schema: JSON) -> JSON:
    """Return what comes back for `wire`: law 1."""
    back: JSON = {}
    for name, kind in schema.items():
        value = wire.get(name, UNSET)
        if isinstance(value, Mapping):
            back[name] = normal(value, kind)
        elif value is not UNSET:
            integral = kind == "integer" and type(value) is float
            back[name] = int(value) if integral else value
    return back | without(wire, schema)


class FuzzTest(unittest.TestCase):
    """Random values at random places, against the oracles above."""

    dice = random.Random(2025)

    def value(self, odds: float) -> Any:
        valid = [None, 0, -1, 7, 2**53 + 1, 10**400, 0.0, 5.0, 1e300, UNSET]
        odd = ["12", "", True, False, NAN, INFINITY, -INFINITY, b"1", 2.5, 1j, [], [7]]
        return self.dice.choice(odd if self.dice.random() < odds else valid)

    def wire(self, odds: float, schema: JSON) -> Any:
        """Return an object of some members of `schema`, odd where the dice say so."""
        wire: dict[Any, Any] = {}
        names = [*schema, "x_cost", "to_dict", *PROMPT]
        for name in self.dice.sample(names, k=len(names)):
            if name in DETAILS and self.dice.random() > odds / 4:
                details = self.wire(odds, DETAILS[name])
                wire[name] = self.dice.choice([None, UNSET, details, details])
            elif self.dice.random() < 0.5:
                wire[name] = self.value(odds / 4)
        if self.dice.random() < odds / 4:
            wire[self.dice.choice([0, None, 1.5, b"x_cost", ("x_cost",)])] = 1
        return self.dice.choice(MAPPINGS[:6])(wire)

    def test_every_door(self) -> None:
        kept = refused = 0
        for cls, schema in list(SCHEMA.items()) * 8_000:
            wire = self.wire(self.dice.choice([0.0, 0.3, 1.0]), schema)
            before, paths = repr(wire), faults(wire, schema)
            for door in DOORS:
                try:
                    instance = door(cls, wire)
                except UsageValidationError as error:
                    path = error.path.replace("additional_properties", "")
                    self.assertEqual(path, paths[0])
                    refused += 1
                else:
                    self.assertEqual(paths, [])
                    back = instance.to_dict()
                    self.assertEqual(repr(back), repr(normal(wire, schema)))
                    self.assertEqual(cls.from_dict(back), instance)
                    kept += 1
            self.assertEqual(repr(wire), before)
        self.assertGreater(min(kept, refused), 20_000)


class CopyTest(unittest.TestCase):
    """Law 2 for `copy` and `pickle`."""

    def assert_same(self, usage: Usage) -> None:
        self.assertEqual(usage, example())
        self.assertEqual(hash(usage), hash(example()))
        self.assertEqual(repr(usage), repr(example()))

    def test_copy_and_replace_share_values_and_deepcopy_does_not(self) -> None:
        for make in (copy.copy, dataclasses.replace, copy.deepcopy):
            usage = example()
            same: Any = make(usage)
            self.assert_same(same)
            same.additional_properties["new"] = 99
            self.assert_same(usage)
            same.additional_properties["x_cost"]["usd"].clear()
            left = [0.5, None] if make is copy.deepcopy else []
            self.assertEqual(usage.additional_properties, {"x_cost": {"usd": left}})

    def test_replace(self) -> None:
        usage = dataclasses.replace(example(), total_tokens=12, prompt_tokens=UNSET)
        expected = {**example().to_dict(), "total_tokens": 12}
        del expected["prompt_tokens"]
        self.assertEqual(usage.to_dict(), expected)

    def test_pickle_calls_one_function_by_a_lasting_name(self) -> None:
        cls = "usage_models.PostV2ProxyCompletionsUsage"
        for protocol in PROTOCOLS:
            with self.subTest(protocol=protocol):
                loaded, names = unpickle(pickle.dumps(example(), protocol))
                self.assert_same(loaded)
                self.assertEqual(names, {"usage_models._restore", cls})

    def test_pickle_is_checked(self) -> None:
        # In protocol 0, which is text, `I01` is true.
        pickled = pickle.dumps(Usage(total_tokens=31), 0).replace(b"I31", b"I01")
        with self.assertRaises(UsageValidationError) as caught:
            pickle.loads(pickled)
        self.assertEqual(caught.exception.path, "total_tokens")


def version(edit: Callable[[str], str]) -> Any:
    """Return the module as it is once its source is edited."""
    module = types.ModuleType("usage_models")
    exec(edit(MODULE.read_text(encoding="utf-8")), vars(module))
    return module


def without_audio_tokens(source: str) -> str:
    lines = source.splitlines()
    return "\n".join(line for line in lines if "audio_tokens" not in line)


def with_fields_reversed(source: str) -> str:
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            fields = [child for child in node.body if isinstance(child, ast.AnnAssign)]
            node.body = [*fields[::-1], *(it for it in node.body if it not in fields)]
    return ast.unparse(tree)


class VersionTest(unittest.TestCase):
    """Law 2 for a pickle of another version of the file."""

    def in_version(self, module: Any, call: Callable[..., Any], *args: Any) -> Any:
        sys.modules["usage_models"] = module
        try:
            return call(*args)
        finally:
            sys.modules["usage_models"] = usage_models

    def members(self, module: Any) -> list[list[str]]:
        classes = [getattr(module, cls.__name__) for cls in SCHEMA]
        return [[field.name for field in dataclasses.fields(cls)] for cls in classes]

    def test_is_read_by_name(self) -> None:
        values = (1, 2, 3, None, None)
        for edit in (without_audio_tokens, with_fields_reversed):
            other = version(edit)
            self.assertNotEqual(self.members(other), self.members(usage_models))
            for old, new in ((usage_models, other), (other, usage_models)):
                for cls, protocol in itertools.product(SCHEMA, PROTOCOLS):
                    name = cls.__name__
                    with self.subTest(edit=edit, old=old, name=name, protocol=protocol):
                        wire: JSON = dict(zip(SCHEMA[cls], values, strict=False))
                        given = getattr(old, name).from_dict(wire)
                        expected = getattr(new, name).from_dict(wire)
                        pickled = self.in_version(old, pickle.dumps, given, protocol)
                        loaded = self.in_version(new, pickle.loads, pickled)
                        self.assertEqual(loaded, expected)
                        self.assertEqual(loaded.to_dict(), wire)


class ClassTest(unittest.TestCase):
    def test_defaults_to_missing(self) -> None:
        for cls, schema in SCHEMA.items():
            with self.subTest(cls=cls):
                fields = [field.name for field in dataclasses.fields(cls)]
                self.assertEqual(fields, [*schema, "additional_properties"])
                for name in schema:
                    self.assertIs(getattr(cls(), name), UNSET)
                self.assertEqual(cls().additional_properties, {})
                self.assertEqual(cls().to_dict(), {})
                self.assertEqual(cls(), cls.from_dict({}))

    def test_takes_keywords_only_and_is_frozen_with_slots(self) -> None:
        for cls in SCHEMA:
            with self.assertRaises(TypeError):
                cls(1)
            instance = cls()
            self.assertFalse(hasattr(instance, "__dict__"))
            for field in dataclasses.fields(cls):
                with self.subTest(cls=cls, field=field.name):
                    for change, *value in ((setattr, 1), (delattr,)):
                        with self.assertRaises(dataclasses.FrozenInstanceError):
                            change(instance, field.name, *value)
            self.assertEqual(instance, cls())

    def test_cannot_be_subclassed(self) -> None:
        class Mixin:
            pass

        for cls, bases in itertools.product(SCHEMA, ((), (Mixin,))):
            with self.assertRaisesRegex(TypeError, f"{cls.__name__}.* is final"):
                type("Subclass", (*bases, cls), {"__annotations__": {"job": int}})

    def test_equality_and_hash(self) -> None:
        for cls, schema in SCHEMA.items():
            different = [cls(), cls.from_dict({"x_cost": 1})]
            for name in schema:
                value: Any = {} if name in DETAILS else 0
                different += [cls.from_dict({name: None}), cls.from_dict({name: value})]
            self.assertEqual(hash(different[0]), hash(different[1]))
            self.assertEqual(len({*different, *different}), len(different))
            for one, other in itertools.combinations(different, 2):
                self.assertNotEqual(one, other)
        self.assertNotEqual(PromptDetails(), CompletionDetails())

    def test_repr(self) -> None:
        for cls, (first, *others) in SCHEMA.items():
            shown = ", ".join([f"{first}=None", *(f"{name}=UNSET" for name in others)])
            self.assertEqual(
                repr(cls.from_dict({first: None, "a": 1})),
                f"{cls.__name__}({shown}, additional_properties={{'a': 1}})",
            )
        for instance in (example(), CompletionDetails(audio_tokens=Size.FIVE)):
            self.assertEqual(eval(repr(instance), {**vars(usage_models)}), instance)

    def test_asdict(self) -> None:
        members = dataclasses.asdict(example())
        self.assertIs(members["completion_tokens"], UNSET)
        self.assertIs(members["prompt_tokens_details"]["audio_tokens"], UNSET)
        self.assertEqual(members["additional_properties"]["x_cost"]["usd"], [0.5, None])
        details = Usage(**members).to_dict()["prompt_tokens_details"]
        self.assertEqual(details["additional_properties"], {"x_image_tokens": 3})

    def test_type_hints(self) -> None:
        kinds: JSON = {"number": int | float, "integer": int, **CLASSES}
        for cls, schema in SCHEMA.items():
            hints = typing.get_type_hints(cls)
            self.assertEqual(hints.pop("additional_properties"), Mapping[str, Any])
            self.assertEqual([*hints], [*schema])
            for name, hint in hints.items():
                kind = kinds[name if name in CLASSES else schema[name]]
                self.assertEqual(hint, kind | None | Unset)
            hints = typing.get_type_hints(cls.from_dict)
            self.assertEqual(hints, {"data": Mapping[str, Any], "return": cls})
            hints = typing.get_type_hints(cls.to_dict)
            self.assertEqual(hints, {"return": dict[str, Any]})


def run_python(*arguments: str, cwd: pathlib.Path = HERE) -> str:
    """Return what a new interpreter prints, errors included."""
    command, errors = [sys.executable, *arguments], subprocess.STDOUT
    return subprocess.check_output(command, cwd=cwd, stderr=errors, text=True)


class ModuleTest(unittest.TestCase):
    def test_exports(self) -> None:
        names = {name for name in vars(usage_models) if name in usage_models.__all__}
        self.assertEqual(
            " ".join(sorted(names)),
            "OptionalNullable PostV2ProxyCompletionsCompletionTokensDetails"
            " PostV2ProxyCompletionsPromptTokensDetails PostV2ProxyCompletionsUsage"
            " UNSET Unset UsageValidationError",
        )
        self.assertEqual(len(usage_models.__all__), len(names))
        self.assertEqual(usage_models.__version__, "1.0.0")

    def test_runs_under_every_flag(self) -> None:
        for flags in (["-I"], ["-O"], ["-OO"], ["-W", "error"]):
            with self.subTest(flags):
                self.assertEqual(run_python(*flags, str(MODULE)), "")

    def test_imports_nothing_that_it_does_not_need(self) -> None:
        # Python itself imports more for a dataclass and an enum: how much, varies.
        imported = run_python(
            "-c",
            "import sys, collections.abc, dataclasses, enum, math, typing\n"
            "@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)\n"
            "class Empty: pass\n"
            "before = set(sys.modules)\n"
            "import usage_models\n"
            "print(*sorted(set(sys.modules) - before))",
        )
        self.assertEqual(imported, "usage_models\n")

    def test_vendored(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            vendor = pathlib.Path(directory, "app", "_vendor")
            vendor.mkdir(parents=True)
            shutil.copy(MODULE, vendor)
            printed = run_python(
                "-c",
                "from app._vendor.usage_models import PostV2ProxyCompletionsUsage\n"
                "print(PostV2ProxyCompletionsUsage(total_tokens=31).to_dict())",
                cwd=pathlib.Path(directory),
            )
        self.assertEqual(printed, "{'total_tokens': 31}\n")

    def test_missing_details_do_not_become_null_after_a_reload(self) -> None:
        # A reload makes a second UNSET in the namespace of the first one's classes.
        module = version(str)
        usage = module.PostV2ProxyCompletionsUsage()
        exec(MODULE.read_text(encoding="utf-8"), typing.cast(JSON, module.__dict__))
        for name in DETAILS:
            self.assertIsNot(getattr(usage, name), module.UNSET)
        with self.assertRaises(AttributeError):
            usage.to_dict()

    def test_two_copies_keep_apart(self) -> None:
        second = version(str)
        details = second.PostV2ProxyCompletionsPromptTokensDetails(cached_tokens=1)
        members = {"prompt_tokens_details": details, "total_tokens": second.UNSET}
        for door, name in itertools.product(DOORS, members):
            with self.assertRaises(UsageValidationError) as caught:
                door(Usage, {name: members[name]})
            self.assertEqual(caught.exception.path, name)
        self.assertNotEqual(second.PostV2ProxyCompletionsUsage(), Usage())
        self.assertEqual(details.to_dict(), {"cached_tokens": 1})


class ReadmeTest(unittest.TestCase):
    TEXT = (HERE / "README.md").read_text(encoding="utf-8")

    def assert_shows(self, text: str) -> None:
        # An example ends where its code fence ends.
        parser, shown = doctest.DocTestParser(), text.replace("```", "")
        test = parser.get_doctest(shown, {}, "README.md", "README.md", 0)
        report = io.StringIO()
        results = doctest.DocTestRunner().run(test, out=report.write)
        self.assertGreater(results.attempted, 20)
        self.assertEqual(results.failed, 0, report.getvalue())

    def test_examples(self) -> None:
        text = re.sub(r"(?s)```pycon\n>>> from pydantic.*?```", "", self.TEXT)
        self.assert_shows(text)

    @unittest.skipUnless(importlib.util.find_spec("pydantic"), "pydantic is not here")
    def test_examples_with_pydantic(self) -> None:
        self.assert_shows(self.TEXT)

    def test_commands_print_what_it_shows(self) -> None:
        # Its test command runs this.
        pattern = r"(?s)```sh\n(.*?)```(?:\n\n```text\n(.*?)```)?"
        commands = re.findall(pattern, self.TEXT)
        commands.remove(("python3 -m unittest\n", ""))
        self.assertEqual(len(commands), 1)
        for command, shown in commands:
            self.assertEqual(run_python(*shlex.split(command)[1:]), shown)


if TYPE_CHECKING:
    from typing_extensions import assert_never, assert_type

    def typed(usage: Usage) -> None:
        # What README.md teaches, for the type checkers. Each ignore stands where they
        # must find something: without a finding there, they report the ignore.
        number: float = usage.total_tokens or 0
        number += 1
        if usage.total_tokens is not UNSET:
            assert_type(usage.total_tokens, int | float | None)
            if usage.total_tokens is not None:
                assert_type(usage.total_tokens, int | float)
        if usage.prompt_tokens_details:
            assert_type(usage.prompt_tokens_details, PromptDetails)
            assert_type(usage.prompt_tokens_details.cached_tokens or 0, int)
        if usage.completion_tokens_details:
            assert_type(usage.completion_tokens_details, CompletionDetails)
        assert_type(Usage.from_dict({}), Usage)
        assert_type(usage.to_dict(), dict[str, Any])

        match usage.total_tokens:
            case int() | float() | None | Unset.UNSET:
                pass
            case _:
                assert_never(usage.total_tokens)
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
