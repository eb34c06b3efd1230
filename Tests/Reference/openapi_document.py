"""What openapi.yaml says, and whether what a gateway answers is just that."""

import json
import pathlib
import re

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "openapi.yaml"
METHODS = ("get", "post", "put", "delete", "patch")
VOLATILE = {"elapsed_ms", "served_since", "since", "time"}
"""Members that are others each time."""

document = yaml.safe_load(DOCUMENT.read_text())


# MARK: The document

def resolved(node):
    """What a reference within the document stands for."""
    while isinstance(node, dict) and set(node) == {"$ref"}:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def fault(value, schema):
    """What is wrong with a value by a schema of the document; None if nothing is."""
    # References lead to the document's components.
    validator = Draft202012Validator({**schema, "components": document["components"]},
                                     format_checker=Draft202012Validator.FORMAT_CHECKER)
    error = best_match(validator.iter_errors(value))
    return error and f"{error.json_path}: {error.message[:500]}"


def operations():
    """Path, method and operation of each there is."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def contents():
    """Each media type of each response, with the operation, the status and the response it is of."""
    for path, method, operation in operations():
        for status, response in operation["responses"].items():
            for media_type, content in resolved(response).get("content", {}).items():
                yield f"{method.upper()} {path} {status}", media_type, content


def documented_examples():
    """The value of each named example of a response."""
    found = {}
    for _, _, content in contents():
        for name, example in content.get("examples", {}).items():
            found[name] = resolved(example)["value"]
    return found


def documented_errors():
    """Every value that a response's `error` can have: status and word. What is described for a range of statuses is named
    elsewhere."""
    found = set()
    for where, media_type, content in contents():
        if media_type == "application/problem+json" and not where.endswith("XX"):
            schema = content["schema"]
            while "properties" not in schema:
                schema = resolved({"$ref": schema["$ref"]})
            error = schema["properties"]["error"]
            found |= {(int(where.split()[-1]), word) for word in error.get("enum", [error.get("const")])}
    return found


def is_administration(path):
    """Whether a path is one of the administration, which has an address of its own."""
    return "servers" in document["paths"][path]


# MARK: Answers

def matching(path):
    """The document's path for a target."""
    for pattern in sorted(document["paths"], key=lambda pattern: pattern.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path.split("?")[0]):
            return pattern
    return None


def conformance(answer, method, target):
    """What is wrong with an answer by the document; None if nothing is."""
    pattern = matching(target)
    if not pattern:
        return None if answer.status == 404 else f"there is no path '{target}'"
    item = document["paths"][pattern]
    # A method that the path has not is answered as all its methods say.
    operation = item.get("get" if method == "HEAD" else method.lower()) or next(item[name] for name in METHODS if name in item)
    responses = operation["responses"]
    response = resolved(responses.get(str(answer.status)) or responses.get(f"{answer.status // 100}XX"))
    if not response:
        return f"the status {answer.status} is not documented for {pattern}"
    for name, field in response.get("headers", {}).items():
        field, value = resolved(field), answer.fields.get(name)
        if value is None:
            if field.get("required"):
                return f"the field {name} is missing"
        elif reason := fault(int(value) if field["schema"].get("type") == "integer" else value, field["schema"]):
            return f"{name}: {reason}"
    if "content" not in response:
        return f"there are {len(answer.body)} bytes where there should be none" if answer.body else None
    content = response["content"].get(answer.media_type)
    if not content:
        return f"the media type '{answer.media_type}' is not documented"
    is_text = not answer.media_type.startswith("image/")
    return fault(answer.value if is_text else answer.body.decode("latin-1"), content["schema"])


def same(expected, found, volatile=VOLATILE):
    """Whether an answer is the example, but for what differs each time; numbers as other processors may compute them."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and expected.keys() == found.keys() and all(
            name in volatile or same(expected[name], found[name], volatile) for name in expected)
    if isinstance(expected, list):
        return isinstance(found, list) and len(expected) == len(found) and all(
            same(*pair, volatile) for pair in zip(expected, found))
    if isinstance(expected, float):
        return isinstance(found, (int, float)) and abs(expected - found) < 2e-3
    if isinstance(expected, str) and "\n" in expected:
        return found.startswith(expected)
    return expected == found


class Examples:
    """Holds answers against the document's examples, and knows which were made to happen."""

    def __init__(self, checks, prints=False):
        """prints: whether what is answered is printed."""
        self.checks, self.prints = checks, prints
        self.documented = documented_examples()
        self.executed, self.errors = set(), set()

    def expect(self, name, answer, method, target, volatile=()):
        """An answer must be as documented, and be the example with this name, but for members that are others each time.

        Gives the answer's value.
        """
        self.executed.add(name)
        value = answer.value
        if isinstance(value, dict) and "error" in value:
            self.errors.add((answer.status, value["error"]))
        if self.prints:
            print(f"{name}: {json.dumps(value, ensure_ascii=False)}")
        if name not in self.documented:
            self.checks.check(False, f"there is no example '{name}'")
            return value
        wrong = conformance(answer, method, target) or (
            None if same(self.documented[name], value, VOLATILE | set(volatile))
            else f"it is {json.dumps(value, ensure_ascii=False)[:2000]}")
        self.checks.check(not wrong, f"{name}: {answer.status}{f', {wrong}' if wrong else ''}")
        return value
