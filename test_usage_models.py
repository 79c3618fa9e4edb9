"""Tests of usage_models. Run them with `python3 -m unittest`."""

import collections
import copy
import dataclasses
import decimal
import doctest
import enum
import importlib.util
import itertools
import json
import pathlib
import pickle
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import traceback
import types
import typing
import unittest
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

import usage_models
from usage_models import UNSET, Unset, UsageValidationError
from usage_models import (
    PostV2ProxyCompletionsCompletionTokensDetails as CompletionDetails,
)
from usage_models import PostV2ProxyCompletionsPromptTokensDetails as PromptDetails
from usage_models import PostV2ProxyCompletionsUsage as Usage

HERE = pathlib.Path(__file__).resolve().parent
NAN = float("nan")
INFINITY = float("inf")

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
CLASSES = (
    (Usage, [*COUNTS, *DETAILS]),
    (PromptDetails, [*PROMPT]),
    (CompletionDetails, [*COMPLETION]),
)

# Every kind of mapping that people hold JSON objects in.
MAPPINGS: list[Callable[[dict[Any, Any]], Mapping[Any, Any]]] = [
    lambda members: members,
    lambda members: collections.defaultdict(int, members),
    collections.OrderedDict,
    collections.UserDict,
    collections.ChainMap,
    types.MappingProxyType,
]

# One object for each manner in which providers write usage, as they sent it.
RECORDED = {
    "every member of the schema": """
        {"completion_tokens": 1, "completion_tokens_details":
         {"accepted_prediction_tokens": 0, "audio_tokens": 0, "reasoning_tokens": 0,
          "rejected_prediction_tokens": 0}, "prompt_tokens": 65,
         "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
         "total_tokens": 66}""",
    "the three counts alone": """
        {"completion_tokens": 122, "prompt_tokens": 134, "total_tokens": 256}""",
    "no completion": """
        {"prompt_tokens": 2, "total_tokens": 2}""",
    "no total": """
        {"completion_tokens": 11, "prompt_tokens": 3171, "prompt_text_tokens": 1626,
         "prompt_image_tokens": 1545, "reasoning_tokens": 402,
         "cached_prompt_text_tokens": 1280, "cost_in_usd_ticks": "69000000"}""",
    "a total above the sum": """
        {"completion_tokens": 10, "prompt_tokens": 165, "total_tokens": 296,
         "prompt_text_tokens": 165, "reasoning_tokens": 121,
         "cached_prompt_text_tokens": 151}""",
    "times among the counts": """
        {"completion_time": 0.153069981, "completion_tokens": 72,
         "completion_tokens_details": {"reasoning_tokens": 62},
         "prompt_time": 0.00351353, "prompt_tokens": 84,
         "queue_time": 0.004934451, "total_time": 0.156583511,
         "total_tokens": 156}""",
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
    "null details": """
        {"completion_tokens": 38, "completion_tokens_details": null,
         "prompt_tokens": 448, "prompt_tokens_details": null,
         "total_tokens": 486}""",
    "a null inside the details": """
        {"completion_tokens": 118, "completion_tokens_details":
         {"reasoning_tokens": 108}, "prompt_tokens": 20, "prompt_tokens_details":
         {"cached_tokens": 0, "multimodal_tokens": null}, "total_tokens": 138}""",
    "details under another name": """
        {"prompt_tokens": 40, "total_tokens": 340, "completion_tokens": 300,
         "prompt_token_details": {"cached_tokens": 0},
         "completion_token_details": {"reasoning_tokens": 0}}""",
    "a list of tools": """
        {"completion_tokens": 109, "prompt_tokens": 1894, "total_tokens": 2003,
         "prompt_text_tokens": 1894, "cached_prompt_text_tokens": 1081,
         "server_side_tools_used": ["SERVER_SIDE_TOOL_ATTACHMENT_SEARCH"]}""",
    "cache hits beside the details": """
        {"prompt_tokens": 12, "completion_tokens": 89, "total_tokens": 101,
         "prompt_tokens_details": {"cached_tokens": 0},
         "prompt_cache_hit_tokens": 0, "prompt_cache_miss_tokens": 12}""",
    "an object of the gateway's own": """
        {"completion_time": 0.010003462, "completion_tokens": 8,
         "prompt_time": 0.002448683, "prompt_tokens": 42,
         "pydantic_ai_gateway": {"cost_estimate": 3.11e-05},
         "queue_time": 0.140973397, "total_time": 0.012452145,
         "total_tokens": 50}""",
}


def example() -> Usage:
    """Return a usage object with all three states and additional properties."""
    return Usage(
        prompt_tokens=11,
        total_tokens=None,
        prompt_tokens_details=PromptDetails(
            cached_tokens=None, additional_properties={"image_tokens": 3}
        ),
        additional_properties={"cost": {"usd": [0.5, None]}},
    )


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class UnsetTest(unittest.TestCase):
    def test_is_the_one_member(self) -> None:
        self.assertEqual(list(Unset), [UNSET])
        self.assertIs(Unset.UNSET, UNSET)

    def test_is_false(self) -> None:
        self.assertIs(bool(UNSET), False)

    def test_reads_as_its_name(self) -> None:
        self.assertEqual(repr(UNSET), "UNSET")

    def test_stays_itself(self) -> None:
        self.assertIs(copy.copy(UNSET), UNSET)
        self.assertIs(copy.deepcopy(UNSET), UNSET)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with self.subTest(protocol=protocol):
                self.assertIs(pickle.loads(pickle.dumps(UNSET, protocol)), UNSET)

    def test_is_no_json(self) -> None:
        with self.assertRaises(TypeError):
            json.dumps(UNSET)


def objects(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every object in which each member is missing, null or its value."""
    states = [((), ((name, None),), ((name, values[name]),)) for name in values]
    for members in itertools.product(*states):
        yield dict(itertools.chain.from_iterable(members))


class WireShapeTest(unittest.TestCase):
    """Laws 1 and 3 over every combination of missing, null and set."""

    def assert_states(
        self, usage: object, wire: Mapping[str, Any], names: Iterable[str]
    ) -> None:
        for name in names:
            self.assertIs(getattr(usage, name), wire.get(name, UNSET))

    def assert_kept(self, wire: dict[str, Any]) -> None:
        usage = Usage.from_dict(wire)
        self.assert_states(usage, wire, COUNTS)
        for name, names in DETAILS.items():
            if wire.get(name) is None:
                self.assert_states(usage, wire, [name])
            else:
                self.assert_states(getattr(usage, name), wire[name], names)
        back = usage.to_dict()
        self.assertEqual(json.dumps(back), json.dumps(wire))
        again = Usage.from_dict(back)
        self.assertEqual(again, usage)
        self.assertEqual(hash(again), hash(usage))

    def test_every_shape(self) -> None:
        counts = [
            *objects({"completion_tokens": 20, "prompt_tokens": 1.5, "total_tokens": 0})
        ]
        prompts: list[dict[str, Any]] = [
            {},
            {"prompt_tokens_details": None},
            *(
                {"prompt_tokens_details": details}
                for details in objects({"cached_tokens": 0, "audio_tokens": 4})
            ),
        ]
        completions: list[dict[str, Any]] = [
            {},
            {"completion_tokens_details": None},
            *(
                {"completion_tokens_details": details}
                for details in objects(
                    {
                        "reasoning_tokens": 8,
                        "accepted_prediction_tokens": 0,
                        "rejected_prediction_tokens": 2.5,
                        "audio_tokens": 3,
                    }
                )
            ),
        ]
        shapes = 0
        for members in itertools.product(counts, prompts, completions):
            self.assert_kept({**members[0], **members[1], **members[2]})
            shapes += 1
        self.assertEqual(shapes, 27 * 11 * 83)


class RecordedTest(unittest.TestCase):
    def test_comes_back_exactly(self) -> None:
        for manner, text in RECORDED.items():
            with self.subTest(manner):
                wire = json.loads(text)
                back = Usage.from_dict(wire).to_dict()
                self.assertEqual(
                    json.dumps(back, sort_keys=True), json.dumps(wire, sort_keys=True)
                )

    def test_is_read_member_by_member(self) -> None:
        usage = Usage.from_dict(json.loads(RECORDED["a null inside the details"]))
        self.assertEqual(usage.completion_tokens, 118)
        self.assertEqual(usage.prompt_tokens, 20)
        self.assertEqual(usage.total_tokens, 138)
        self.assertEqual(
            usage.prompt_tokens_details,
            PromptDetails(
                cached_tokens=0, additional_properties={"multimodal_tokens": None}
            ),
        )
        self.assertEqual(
            usage.completion_tokens_details, CompletionDetails(reasoning_tokens=108)
        )
        self.assertEqual(usage.additional_properties, {})


class FromDictTest(unittest.TestCase):
    def test_takes_any_mapping(self) -> None:
        wire: dict[str, Any] = {"total_tokens": 31, "cost": 0.5}
        for mapping in MAPPINGS:
            given = mapping(wire)
            with self.subTest(type(given).__name__):
                self.assertEqual(Usage.from_dict(given).to_dict(), wire)
                self.assertEqual(
                    Usage.from_dict({"prompt_tokens_details": given}).to_dict(),
                    {"prompt_tokens_details": wire},
                )
        layers = collections.ChainMap({"total_tokens": 31}, {"total_tokens": 1, **wire})
        self.assertEqual(Usage.from_dict(layers).to_dict(), wire)

    def test_does_not_change_its_input(self) -> None:
        wire = {"total_tokens": 31, "cost": {"usd": 1}}
        given = collections.defaultdict(dict[str, Any], copy.deepcopy(wire))
        Usage.from_dict(given)
        self.assertEqual(given, wire)

    def test_keeps_its_own_top_level(self) -> None:
        details: dict[str, Any] = {"cached_tokens": 1, "more": 2}
        wire: dict[str, Any] = {"prompt_tokens_details": details, "cost": 3}
        usage = Usage.from_dict(wire)
        wire["cost"] = details["more"] = details["cached_tokens"] = 99
        wire["new"] = details["new"] = 99
        self.assertEqual(
            usage.to_dict(),
            {"prompt_tokens_details": {"cached_tokens": 1, "more": 2}, "cost": 3},
        )

    def test_keeps_additional_values_as_they_came(self) -> None:
        for value in ({"a": [1]}, [None], object(), NAN, UNSET, decimal.Decimal(1)):
            with self.subTest(repr(value)):
                usage = Usage.from_dict({"more": value})
                self.assertIs(usage.additional_properties["more"], value)
                self.assertIs(usage.to_dict()["more"], value)

    def test_keeps_members_named_like_anything_else_here(self) -> None:
        wire = {"additional_properties": 1, "cached_tokens": "x", "to_dict": None}
        self.assertEqual(Usage.from_dict(wire).additional_properties, wire)
        self.assertEqual(Usage.from_dict(wire).to_dict(), wire)

    def test_keeps_an_int_exact(self) -> None:
        for count in (0, -1, 2**53 + 1, 10**400, 10**5_000):
            with self.subTest(bits=count.bit_length()):
                wire = {"total_tokens": count}
                details = {"cached_tokens": count}
                self.assertIs(Usage.from_dict(wire).total_tokens, count)
                self.assertIs(PromptDetails.from_dict(details).cached_tokens, count)

    def test_keeps_a_float_in_a_number(self) -> None:
        for count in (0.5, 5.0, -0.0, 5e-324, sys.float_info.max):
            with self.subTest(count):
                kept = Usage.from_dict({"total_tokens": count}).total_tokens
                self.assertIs(kept, count)

    def test_makes_an_int_of_an_integral_float_in_an_integer(self) -> None:
        for came, kept in ((5.0, 5), (-0.0, 0), (1e300, int(1e300))):
            with self.subTest(came):
                details = PromptDetails.from_dict({"cached_tokens": came})
                self.assertEqual(details.cached_tokens, kept)
                self.assertIs(type(details.cached_tokens), int)

    def test_counts_subclasses_of_int_and_float(self) -> None:
        class Size(enum.IntEnum):
            SMALL = 5

        class Real(float):
            pass

        usage = Usage.from_dict(
            {"prompt_tokens": Size.SMALL, "total_tokens": Real(5.5)}
        )
        self.assertEqual((usage.prompt_tokens, usage.total_tokens), (5, 5.5))
        details = PromptDetails.from_dict(
            {"cached_tokens": Size.SMALL, "audio_tokens": Real(5.0)}
        )
        self.assertEqual(
            json.dumps(details.to_dict()),
            json.dumps({"cached_tokens": 5, "audio_tokens": 5}),
        )

    def test_does_not_check_the_sum(self) -> None:
        wire = {"completion_tokens": 1, "prompt_tokens": 1, "total_tokens": 3}
        self.assertEqual(Usage.from_dict(wire).to_dict(), wire)


class ToDictTest(unittest.TestCase):
    def test_puts_the_members_of_the_schema_first(self) -> None:
        details = {"z": 0, "audio_tokens": 3, "a": 1, "cached_tokens": 2}
        wire = {
            "z": 0,
            "prompt_tokens_details": details,
            "total_tokens": 3,
            "prompt_tokens": None,
            "a": 1,
            "completion_tokens": 1,
        }
        self.assertEqual(
            json.dumps(Usage.from_dict(wire).to_dict()),
            '{"completion_tokens": 1, "prompt_tokens": null, "total_tokens": 3,'
            ' "prompt_tokens_details": {"cached_tokens": 2, "audio_tokens": 3,'
            ' "z": 0, "a": 1}, "z": 0, "a": 1}',
        )

    def test_gives_a_new_dict(self) -> None:
        usage = example()
        back = usage.to_dict()
        self.assertIs(type(back), dict)
        back["prompt_tokens_details"]["cached_tokens"] = 99
        back["prompt_tokens_details"]["new"] = 99
        back["total_tokens"] = back["cost"] = back["new"] = 99
        self.assertEqual(usage, example())


EXPECTED = {
    "number": "expected a number or null",
    "integer": "expected an integer or null",
}

# What no member takes, and how an error names it.
BAD_COUNTS: list[tuple[Any, str]] = [
    ("12", "string '12'"),
    ("", "string ''"),
    (True, "boolean true"),
    (False, "boolean false"),
    (NAN, "float nan"),
    (INFINITY, "float inf"),
    (-INFINITY, "float -inf"),
    (5j, "complex"),
    (decimal.Decimal(5), "Decimal"),
    (b"5", "bytes"),
    ([5], "array"),
    ((5,), "array"),
    ({}, "object"),
    (collections.UserDict(), "object"),
    (Unprintable(), "Unprintable"),
]
# What an integer does not take either.
FRACTIONS: list[tuple[Any, str]] = [(5.5, "number 5.5"), (-1e-9, "number -1e-09")]

NO_OBJECTS: list[tuple[Any, str]] = [
    ([], "array"),
    ([("total_tokens", 1)], "array"),
    ("{}", "string '{}'"),
    (b"{}", "bytes"),
    (7, "integer 7"),
    (0.5, "number 0.5"),
    (False, "boolean false"),
    (UNSET, "Unset"),
    (Usage(), "PostV2ProxyCompletionsUsage"),
    (PromptDetails(), "PostV2ProxyCompletionsPromptTokensDetails"),
]

NO_STRINGS: list[tuple[Any, str]] = [
    (1, "integer 1"),
    (None, "null"),
    (True, "boolean true"),
    (b"total_tokens", "bytes"),
    (("total_tokens",), "array"),
]


class RefusalTest(unittest.TestCase):
    """Law 4: what is not valid raises one error, with its path and what came."""

    def assert_refused(
        self,
        path: str,
        message: str,
        call: Callable[..., object],
        *args: Any,
        **kw: Any,
    ) -> None:
        with self.subTest(path=path, message=message):
            with self.assertRaises(UsageValidationError) as caught:
                call(*args, **kw)
            self.assertEqual(caught.exception.path, path)
            self.assertEqual(caught.exception.message, message)

    def test_counts(self) -> None:
        for name, kind in COUNTS.items():
            for value, got in [*BAD_COUNTS, (UNSET, "Unset")]:
                self.assert_refused(
                    name, f"{EXPECTED[kind]}, got {got}", Usage.from_dict, {name: value}
                )

    def test_counts_in_details(self) -> None:
        for outer, names in DETAILS.items():
            for name, kind in names.items():
                bad = [*BAD_COUNTS, (UNSET, "Unset")]
                for value, got in bad + FRACTIONS if kind == "integer" else bad:
                    self.assert_refused(
                        f"{outer}.{name}",
                        f"{EXPECTED[kind]}, got {got}",
                        Usage.from_dict,
                        {outer: {name: value}},
                    )

    def test_details(self) -> None:
        for name in DETAILS:
            for value, got in NO_OBJECTS:
                self.assert_refused(
                    name,
                    f"expected an object or null, got {got}",
                    Usage.from_dict,
                    {name: value},
                )

    def test_the_whole(self) -> None:
        for cls in (Usage, PromptDetails, CompletionDetails):
            for value, got in [*NO_OBJECTS, (None, "null")]:
                self.assert_refused(
                    "", f"expected an object, got {got}", cls.from_dict, value
                )

    def test_keys(self) -> None:
        for key, got in NO_STRINGS:
            message = f"expected keys that are strings, got {got}"
            for cls in (Usage, PromptDetails, CompletionDetails):
                self.assert_refused("", message, cls.from_dict, {"a": 1, key: 2})
            for name in DETAILS:
                self.assert_refused(name, message, Usage.from_dict, {name: {key: 2}})

    def test_the_first_fault_is_reported(self) -> None:
        self.assert_refused(
            "completion_tokens",
            "expected a number or null, got string 'first'",
            Usage.from_dict,
            {"total_tokens": "second", "completion_tokens": "first", 3: "last"},
        )

    def test_counts_in_the_constructor(self) -> None:
        for cls, names in (
            (Usage, COUNTS),
            (PromptDetails, PROMPT),
            (CompletionDetails, COMPLETION),
        ):
            for name, kind in names.items():
                bad = [*BAD_COUNTS]
                if kind == "integer":
                    bad += [*FRACTIONS, (5.0, "number 5.0")]
                for value, got in bad:
                    message = f"{EXPECTED[kind]}, got {got}"
                    self.assert_refused(name, message, cls, **{name: value})

    def test_details_in_the_constructor(self) -> None:
        self.assert_refused(
            "prompt_tokens_details",
            "expected PostV2ProxyCompletionsPromptTokensDetails (use its from_dict)"
            " or null, got object",
            Usage,
            prompt_tokens_details={"cached_tokens": 1},
        )
        self.assert_refused(
            "completion_tokens_details",
            "expected PostV2ProxyCompletionsCompletionTokensDetails (use its from_dict)"
            " or null, got PostV2ProxyCompletionsPromptTokensDetails",
            Usage,
            completion_tokens_details=PromptDetails(),
        )

    def test_additional_properties_in_the_constructor(self) -> None:
        path = "additional_properties"
        for cls, names in CLASSES:
            for value, got in [*NO_OBJECTS, (None, "null")]:
                message = f"expected an object, got {got}"
                self.assert_refused(path, message, cls, additional_properties=value)
            for key, got in NO_STRINGS:
                message = f"expected keys that are strings, got {got}"
                self.assert_refused(path, message, cls, additional_properties={key: 1})
            for name in names:
                message = (
                    f"expected keys that the schema does not name, got string '{name}'"
                )
                self.assert_refused(path, message, cls, additional_properties={name: 1})

    def test_replace(self) -> None:
        # Python 3.13 has copy.replace too.
        for replace in {
            dataclasses.replace,
            getattr(copy, "replace", dataclasses.replace),
        }:
            self.assert_refused(
                "total_tokens",
                "expected a number or null, got string '12'",
                replace,
                example(),
                total_tokens="12",
            )


class ConstructorTest(unittest.TestCase):
    def test_defaults_to_missing(self) -> None:
        for cls, names in CLASSES:
            with self.subTest(cls.__name__):
                fields = [field.name for field in dataclasses.fields(cls)]
                self.assertEqual(fields, [*names, "additional_properties"])
                for name in names:
                    self.assertIs(getattr(cls(), name), UNSET)
                self.assertEqual(cls().additional_properties, {})
                self.assertEqual(cls().to_dict(), {})
                self.assertEqual(cls(), cls.from_dict({}))

    def test_takes_keywords_only(self) -> None:
        positional: Any = Usage
        with self.assertRaises(TypeError):
            positional(1)

    def test_keeps_its_own_additional_properties(self) -> None:
        for cls, names in CLASSES:
            for mapping in MAPPINGS:
                with self.subTest(cls.__name__, mapping=mapping):
                    given = {"cost": 1}
                    usage = cls(additional_properties=mapping(given))
                    given[names[0]] = 2
                    self.assertEqual(usage.additional_properties, {"cost": 1})
                    self.assertIs(type(usage.additional_properties), dict)
                    self.assertIsNot(
                        dataclasses.replace(usage).additional_properties,
                        usage.additional_properties,
                    )

    def test_takes_null_everywhere(self) -> None:
        for cls, names in CLASSES:
            for name in names:
                with self.subTest(cls.__name__, name=name):
                    null: dict[str, Any] = {name: None}
                    self.assertEqual(cls(**null).to_dict(), null)

    def test_takes_the_names_of_other_objects_as_additional(self) -> None:
        usage = Usage(additional_properties={"cached_tokens": "any"})
        self.assertEqual(usage, Usage.from_dict({"cached_tokens": "any"}))


class ErrorTest(unittest.TestCase):
    def test_is_a_value_error_that_shows_path_and_message(self) -> None:
        error = UsageValidationError("expected this, got that", "a.b")
        self.assertIsInstance(error, ValueError)
        self.assertEqual(error.message, "expected this, got that")
        self.assertEqual(error.path, "a.b")
        self.assertEqual(error.args, ("expected this, got that",))
        self.assertEqual(str(error), "a.b: expected this, got that")
        self.assertEqual(str(UsageValidationError("expected this")), "expected this")

    def test_pickles_and_copies(self) -> None:
        with self.assertRaises(UsageValidationError) as caught:
            Usage.from_dict({"prompt_tokens_details": {"cached_tokens": "12"}})
        error = caught.exception
        copies = [
            pickle.loads(pickle.dumps(error, protocol))
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        ]
        for same in [*copies, copy.copy(error), copy.deepcopy(error)]:
            self.assertIsInstance(same, UsageValidationError)
            self.assertEqual(same.path, "prompt_tokens_details.cached_tokens")
            self.assertEqual(
                same.message, "expected an integer or null, got string '12'"
            )

    def test_is_short_whatever_came(self) -> None:
        values: list[Any] = [
            "x" * 10_000_000,
            "\N{LANGUAGE TAG}" * 10_000_000,
            10**50,
            10**5_000,
            -(10**5_000),
            [0] * 1_000_000,
            type("Name" * 1_000_000, (), {})(),
            Unprintable(),
        ]
        for value in values:
            for wire in (value, {"prompt_tokens_details": value}):
                with self.subTest(type(value).__name__[:20], wire=type(wire).__name__):
                    with self.assertRaises(UsageValidationError) as caught:
                        Usage.from_dict(wire)
                    self.assertLess(len(str(caught.exception)), 120)

    def test_has_one_traceback(self) -> None:
        with self.assertRaises(UsageValidationError) as caught:
            Usage.from_dict({"completion_tokens_details": {"audio_tokens": 0.5}})
        error = caught.exception
        self.assertIsNone(error.__cause__)
        self.assertIsNone(error.__context__)
        lines = traceback.format_exception_only(type(error), error)
        self.assertEqual(
            lines,
            [
                "usage_models.UsageValidationError: "
                "completion_tokens_details.audio_tokens: "
                "expected an integer or null, got number 0.5\n"
            ],
        )


def is_object(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def wrong_paths(wire: object) -> set[str]:
    """Return where `wire` is no valid usage object: the oracle of the fuzz test."""
    if not is_object(wire):
        return {""}
    wrong = wrong_members(wire, COUNTS)
    for name, names in DETAILS.items():
        details = wire.get(name)
        if is_object(details):
            inner = wrong_members(details, names)
            wrong |= {f"{name}.{path}" if path else name for path in inner}
        elif name in wire and details is not None:
            wrong.add(name)
    return wrong


def wrong_members(wire: Mapping[Any, Any], names: Mapping[str, str]) -> set[str]:
    wrong = {"" for key in wire if type(key) is not str}
    for name, kind in names.items():
        value = wire.get(name)
        if type(value) is float:
            finite = value - value == 0
            if not finite or (kind == "integer" and value != int(value)):
                wrong.add(name)
        elif name in wire and value is not None and type(value) is not int:
            wrong.add(name)
    return wrong


def snapshot(wire: object) -> object:
    """Return what `wire` holds now, in a form that a change to it does not reach."""
    if is_object(wire):
        return type(wire), [(key, snapshot(value)) for key, value in wire.items()]
    return copy.copy(wire)


class FuzzTest(unittest.TestCase):
    """Random values at random places, against the oracle."""

    def setUp(self) -> None:
        self.random = random.Random(2025)

    def valid(self) -> Any:
        return self.random.choice(
            [None, 0, -1, 7, 2**53 + 1, 10**400, 0.0, 5.0, 1e300, 2.5]
        )

    def odd(self) -> Any:
        return self.random.choice(
            ["12", "", True, False, NAN, INFINITY, -INFINITY, b"1", UNSET, 1j, [], [7]]
        )

    def value(self, odds: float) -> Any:
        return self.odd() if self.random.random() < odds else self.valid()

    def json_object(self, odds: float, names: list[str]) -> Any:
        """Return an object of some of `names`, odd where the dice say so."""
        wire: dict[Any, Any] = {}
        for name in self.random.sample(names, k=len(names)):
            if self.random.random() < 0.5:
                continue
            if self.random.random() < odds / 4:
                wire[name] = self.odd()
            elif name in DETAILS or name == "cost":
                wire[name] = self.random.choice(
                    [
                        None,
                        self.json_object(odds, [*PROMPT, *COMPLETION, "image_tokens"]),
                    ]
                )
            else:
                wire[name] = self.value(odds / 4)
        if self.random.random() < odds / 4:
            wire[self.random.choice([0, None, 1.5, b"cost", ("cost",)])] = self.valid()
        return self.random.choice(MAPPINGS)(wire)

    def test_from_dict(self) -> None:
        kept = refused = 0
        for _ in range(20_000):
            odds = self.random.choice([0.0, 0.1, 1.0])
            wire = self.json_object(odds, [*COUNTS, *DETAILS, *PROMPT, "cost"])
            wrong = wrong_paths(wire)
            before = snapshot(wire)
            try:
                usage = Usage.from_dict(wire)
            except UsageValidationError as error:
                self.assertIn(error.path, wrong)
                refused += 1
            else:
                self.assertEqual(wrong, set())
                back = usage.to_dict()
                self.assertEqual(back, dict(wire))
                for name, names in DETAILS.items():
                    for member, kind in names.items():
                        if kind == "integer" and isinstance(back.get(name), dict):
                            self.assertNotIsInstance(back[name].get(member), float)
                self.assertEqual(Usage.from_dict(back), usage)
                kept += 1
            self.assertEqual(snapshot(wire), before)
        self.assertGreater(min(kept, refused), 5_000)

    def test_constructor(self) -> None:
        kept = refused = 0
        for _ in range(20_000):
            odds = self.random.choice([0.0, 0.3])
            members = {
                name: self.value(odds)
                for name in COMPLETION
                if self.random.random() < 0.5
            }
            given = {
                name: members[name] for name in members if members[name] is not UNSET
            }
            # As on the wire, but that an integer is an int and no float at all.
            wrong = wrong_members(given, COMPLETION)
            if type(given.get("audio_tokens")) is float:
                wrong.add("audio_tokens")
            try:
                details = CompletionDetails(**members)
            except UsageValidationError as error:
                self.assertIn(error.path, wrong)
                refused += 1
            else:
                self.assertEqual(wrong, set())
                back = json.loads(json.dumps(details.to_dict(), allow_nan=False))
                self.assertEqual(CompletionDetails.from_dict(back), details)
                kept += 1
        self.assertGreater(min(kept, refused), 5_000)


class StandardLibraryTest(unittest.TestCase):
    def test_pickle(self) -> None:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with self.subTest(protocol=protocol):
                self.assert_same(pickle.loads(pickle.dumps(example(), protocol)))

    def test_copy(self) -> None:
        self.assert_same(copy.copy(example()))
        self.assert_same(copy.deepcopy(example()))

    def assert_same(self, usage: Usage) -> None:
        self.assertEqual(usage, example())
        self.assertEqual(hash(usage), hash(example()))
        self.assertIs(usage.completion_tokens, UNSET)
        self.assertIsNone(usage.total_tokens)
        self.assertEqual(
            usage.to_dict(),
            {
                "prompt_tokens": 11,
                "total_tokens": None,
                "prompt_tokens_details": {
                    "cached_tokens": None,
                    "image_tokens": 3,
                },
                "cost": {"usd": [0.5, None]},
            },
        )

    def test_deepcopy_shares_nothing(self) -> None:
        usage = example()
        copy.deepcopy(usage).additional_properties["cost"]["usd"].clear()
        self.assertEqual(usage, example())

    def test_replace(self) -> None:
        usage = dataclasses.replace(example(), total_tokens=12, prompt_tokens=UNSET)
        self.assertEqual(usage.total_tokens, 12)
        self.assertIs(usage.prompt_tokens, UNSET)
        self.assertEqual(usage.prompt_tokens_details, example().prompt_tokens_details)
        self.assertEqual(usage.additional_properties, {"cost": {"usd": [0.5, None]}})

    def test_asdict(self) -> None:
        self.assertEqual(
            dataclasses.asdict(example()),
            {
                "completion_tokens": UNSET,
                "prompt_tokens": 11,
                "total_tokens": None,
                "prompt_tokens_details": {
                    "cached_tokens": None,
                    "audio_tokens": UNSET,
                    "additional_properties": {"image_tokens": 3},
                },
                "completion_tokens_details": UNSET,
                "additional_properties": {"cost": {"usd": [0.5, None]}},
            },
        )

    def test_match(self) -> None:
        match example():
            case Usage(
                completion_tokens=Unset.UNSET,
                total_tokens=None,
                prompt_tokens=int(count),
                prompt_tokens_details=PromptDetails(cached_tokens=None),
                additional_properties={"cost": cost},
            ):
                self.assertEqual((count, cost), (11, {"usd": [0.5, None]}))
            case _:
                self.fail("no match")

    def test_sets_and_dict_keys(self) -> None:
        self.assertEqual(len({example(), example(), Usage(), Usage()}), 2)
        self.assertEqual({example(): "found"}[example()], "found")

    def test_equality(self) -> None:
        missing, null, zero = Usage(), Usage(total_tokens=None), Usage(total_tokens=0)
        self.assertEqual(len({missing, null, zero}), 3)
        self.assertNotEqual(Usage(), Usage(additional_properties={"cost": 1}))
        self.assertEqual(hash(Usage()), hash(Usage(additional_properties={"cost": 1})))
        self.assertNotEqual(
            PromptDetails(audio_tokens=1), CompletionDetails(audio_tokens=1)
        )

    def test_repr(self) -> None:
        self.assertEqual(
            repr(example()),
            "PostV2ProxyCompletionsUsage(completion_tokens=UNSET, prompt_tokens=11,"
            " total_tokens=None, prompt_tokens_details="
            "PostV2ProxyCompletionsPromptTokensDetails(cached_tokens=None,"
            " audio_tokens=UNSET,"
            " additional_properties={'image_tokens': 3}),"
            " completion_tokens_details=UNSET,"
            " additional_properties={'cost': {'usd': [0.5, None]}})",
        )
        self.assertEqual(eval(repr(example()), {**vars(usage_models)}), example())

    def test_type_hints(self) -> None:
        count, tokens = float | None | Unset, int | None | Unset
        more = Mapping[str, Any]
        self.assertEqual(
            typing.get_type_hints(Usage),
            {
                "completion_tokens": count,
                "prompt_tokens": count,
                "total_tokens": count,
                "prompt_tokens_details": PromptDetails | None | Unset,
                "completion_tokens_details": CompletionDetails | None | Unset,
                "additional_properties": more,
            },
        )
        self.assertEqual(
            typing.get_type_hints(PromptDetails),
            {
                "cached_tokens": tokens,
                "audio_tokens": tokens,
                "additional_properties": more,
            },
        )
        self.assertEqual(
            typing.get_type_hints(CompletionDetails),
            {
                "reasoning_tokens": count,
                "accepted_prediction_tokens": count,
                "rejected_prediction_tokens": count,
                "audio_tokens": tokens,
                "additional_properties": more,
            },
        )
        for cls in (Usage, PromptDetails, CompletionDetails):
            self.assertEqual(
                typing.get_type_hints(cls.from_dict), {"data": more, "return": cls}
            )

    def test_frozen(self) -> None:
        usage = example()
        for field in dataclasses.fields(usage):
            with self.subTest(field.name):
                with self.assertRaises(dataclasses.FrozenInstanceError):
                    setattr(usage, field.name, 1)
                with self.assertRaises(dataclasses.FrozenInstanceError):
                    delattr(usage, field.name)
        self.assertEqual(usage, example())

    def test_slots(self) -> None:
        for instance in (Usage(), PromptDetails(), CompletionDetails()):
            self.assertFalse(hasattr(instance, "__dict__"))


def run_python(*arguments: str, cwd: pathlib.Path = HERE) -> str:
    """Return what a new interpreter prints, errors included."""
    return subprocess.run(
        [sys.executable, *arguments],
        check=True,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ).stdout


class ModuleTest(unittest.TestCase):
    def test_exports(self) -> None:
        self.assertEqual(
            set(usage_models.__all__),
            {
                "PostV2ProxyCompletionsCompletionTokensDetails",
                "PostV2ProxyCompletionsPromptTokensDetails",
                "PostV2ProxyCompletionsUsage",
                "OptionalNullable",
                "UNSET",
                "Unset",
                "UsageValidationError",
            },
        )
        for name in usage_models.__all__:
            self.assertTrue(hasattr(usage_models, name))
        self.assertEqual(usage_models.__version__, "1.0.0")

    def test_runs_under_every_flag(self) -> None:
        for flags in (["-I"], ["-O"], ["-OO"], ["-W", "error"]):
            with self.subTest(flags):
                self.assertEqual(run_python(*flags, "usage_models.py"), "")

    def test_imports_nothing_that_it_does_not_need(self) -> None:
        imported = run_python(
            "-c",
            "import sys, collections.abc, dataclasses, enum, math, typing\n"
            "before = set(sys.modules)\n"
            "import usage_models\n"
            "print(*sorted(set(sys.modules) - before))",
        )
        self.assertEqual(imported, "usage_models\n")

    def test_vendored(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            vendor = pathlib.Path(directory, "app", "_vendor")
            vendor.mkdir(parents=True)
            shutil.copy(HERE / "usage_models.py", vendor)
            (vendor.parent / "billing.py").write_text(
                "from ._vendor.usage_models import PostV2ProxyCompletionsUsage as Usage"
            )
            printed = run_python(
                "-c",
                "from app._vendor.usage_models import PostV2ProxyCompletionsUsage\n"
                "from app.billing import Usage\n"
                "print(Usage is PostV2ProxyCompletionsUsage)\n"
                "print(Usage.from_dict({'total_tokens': 31}).to_dict())",
                cwd=pathlib.Path(directory),
            )
        self.assertEqual(printed, "True\n{'total_tokens': 31}\n")

    def test_two_copies_keep_apart(self) -> None:
        spec = importlib.util.spec_from_file_location(
            "second_copy", HERE / "usage_models.py"
        )
        if spec is None or spec.loader is None:
            self.fail("usage_models.py cannot be loaded a second time")
        second: Any = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(second)

        details = second.PostV2ProxyCompletionsPromptTokensDetails(cached_tokens=1)
        with self.assertRaises(UsageValidationError) as caught:
            Usage(prompt_tokens_details=details)
        self.assertEqual(caught.exception.path, "prompt_tokens_details")
        with self.assertRaises(UsageValidationError) as caught:
            Usage(total_tokens=second.UNSET)
        self.assertEqual(caught.exception.path, "total_tokens")
        with self.assertRaises(UsageValidationError) as caught:
            Usage.from_dict({"total_tokens": second.UNSET})
        self.assertEqual(caught.exception.path, "total_tokens")
        self.assertNotEqual(second.PostV2ProxyCompletionsUsage(), Usage())
        self.assertEqual(details.to_dict(), {"cached_tokens": 1})


class ReadmeTest(unittest.TestCase):
    """What doctest does not run: the commands."""

    def setUp(self) -> None:
        self.text = (HERE / "README.md").read_text(encoding="utf-8")

    def arguments(self, beginning: str) -> list[str]:
        """Return the arguments of README.md's first command that begins so."""
        command = self.text.partition(f"```sh\n{beginning}")[2].partition("```")[0]
        return shlex.split(beginning + command)[1:]

    def test_main_command_prints_what_readme_shows(self) -> None:
        shown = self.text.partition("```text\n")[2].partition("```")[0]
        self.assertEqual(run_python(*self.arguments("python3 -c")), shown)

    def test_timing_command_runs(self) -> None:
        module, *arguments = self.arguments("python3 -m timeit")[1:]
        printed = run_python("-m", module, "-n", "1", "-r", "1", *arguments)
        self.assertRegex(printed, r"^1 loop, best of 1: ")


class MarkdownParser(doctest.DocTestParser):
    """Ends an example where its code fence ends."""

    def parse(self, string: str, name: str = "<string>") -> list[Any]:
        return super().parse(string.replace("```", ""), name)


def load_tests(
    loader: unittest.TestLoader, tests: unittest.TestSuite, pattern: str | None
) -> unittest.TestSuite:
    tests.addTests(doctest.DocFileSuite("README.md", parser=MarkdownParser()))
    return tests


if TYPE_CHECKING:
    from typing_extensions import assert_type

    def typed(usage: Usage) -> None:
        """What README.md teaches, for the type checkers.

        Each ignore stands where they must find something: without a finding there,
        they report the ignore.
        """
        number: float = usage.total_tokens or 0
        number += 1
        if usage.total_tokens is not UNSET:
            assert_type(usage.total_tokens, float | None)
            if usage.total_tokens is not None:
                assert_type(usage.total_tokens, float)
        if usage.prompt_tokens_details:
            assert_type(usage.prompt_tokens_details, PromptDetails)
            assert_type(usage.prompt_tokens_details.cached_tokens or 0, int)
        if usage.completion_tokens_details:
            assert_type(usage.completion_tokens_details, CompletionDetails)
        assert_type(Usage.from_dict({}), Usage)
        assert_type(usage.to_dict(), dict[str, Any])

        usage.total_tokens = 31  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
        usage.additional_properties["cost"] = 1  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
        Usage(31)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
        Usage(total_tokens="31")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
