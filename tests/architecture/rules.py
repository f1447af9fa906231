"""The rules of the street that no linter knows: each returns what breaks it in a source tree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import (
    ENTRANCES,
    MARKS,
    ROOMS,
    STORY,
    Module,
    called,
    calls,
    houses,
    imported_from,
    modules,
    templates,
)

WRITING_METHODS = re.compile(r"session\.(add|add_all|delete|merge|bulk_\w+)$")
WRITING_WORDS = {"insert", "update", "delete"}
WRITING_DOORS = {"upsert", "insert_ignoring", "changed", "moved", "put_fact"}
# In the ground these write besides its services: the transaction's own keys, and the buffer of
# what was seen.
GROUND_WRITERS = {
    "app/core/db.py",
    "app/core/facts.py",
    "app/core/activity/seen.py",
    "app/core/activity/cursors.py",
}
COMMITTERS = {"app/core/db.py"}
# Who may open a transaction: front doors, and in the ground the worker's loop and the flush of
# what was seen.
FRONT_DOORS = {"views", "api", "jobs", "cli"}
GROUND_DOORS = {
    "app/core/db.py",
    "app/core/cli.py",
    "app/core/facts.py",
    "app/core/activity/seen.py",
    "app/core/jobs/services.py",
}
# The address of such a form is the proof itself: mail programs post to it too (RFC 8058).
PROVEN_BY_ADDRESS = "notifications.stop"


def writes_outside_services(root: Path) -> Iterator[str]:
    """Only services write: adding, deleting, and INSERT, UPDATE, DELETE statements."""
    for module in modules(root):
        if module.room == "services" or module.where in GROUND_WRITERS:
            continue
        words = {
            name
            for _, source, name in imported_from(module.tree)
            if (source.startswith("sqlalchemy") and name in WRITING_WORDS)
            or (source in {"app.core.db", "app.core.facts"} and name in WRITING_DOORS)
        }
        words |= {f"sa.{word}" for word in WRITING_WORDS}
        for call in calls(module.tree):
            name = called(call)
            if WRITING_METHODS.search(name) or name in words:
                yield module.complaint(call, f"{name}() writes outside services")


def commits_outside_the_door(root: Path) -> Iterator[str]:
    """Only core.db commits."""
    for module in modules(root):
        # Rolling back ends a reading snapshot; the ground's doors may, houses need not.
        refused = ("session.commit", ".begin")
        refused += () if module.where in GROUND_DOORS else ("session.rollback",)
        if module.where not in COMMITTERS:
            for call in calls(module.tree):
                if called(call).endswith(refused):
                    yield module.complaint(call, f"{called(call)}() outside core.db")


def transactions_behind_the_door(root: Path) -> Iterator[str]:
    """Only front doors open a transaction; so does the story, one for each simulated hour."""
    for module in modules(root):
        if module.room in FRONT_DOORS or module.where in GROUND_DOORS or module.house == STORY:
            continue
        for call in calls(module.tree):
            if called(call) in {"transaction", "db.transaction"}:
                yield module.complaint(call, "transaction() belongs to views, api, jobs and cli")


def transactions_in_reading_views(root: Path) -> Iterator[str]:
    """A GET reads: its view opens no transaction."""
    for module in modules(root):
        for view, methods in _views(module):
            if methods == {"GET"} and any(called(call) == "transaction" for call in calls(view)):
                yield module.complaint(view, f"{view.name} answers GET and writes")


def _views(module: Module) -> Iterator[tuple[ast.FunctionDef, set[str]]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef):
            methods = {
                method for decorator in node.decorator_list for method in _methods(decorator)
            }
            if methods:
                yield node, methods


def _methods(decorator: ast.expr) -> set[str]:
    door, _, verb = called(decorator).rpartition(".")
    if not door.endswith(("bp", "api", "app")):
        return set()
    if verb in {"get", "post", "put", "patch", "delete"}:
        return {verb.upper()}
    if verb != "route" or not isinstance(decorator, ast.Call):
        return set()
    named = [keyword.value for keyword in decorator.keywords if keyword.arg == "methods"]
    return {str(method) for method in ast.literal_eval(named[0])} if named else {"GET"}


def views_without_one_mark(root: Path) -> Iterator[str]:
    """Every view carries exactly one access mark, beneath its routes."""
    for module in modules(root):
        for view, _ in _views(module):
            marks = [
                index
                for index, decorator in enumerate(view.decorator_list)
                if (called(decorator) or ast.unparse(decorator)).rpartition(".")[2] in MARKS
            ]
            routes = [
                index for index, decorator in enumerate(view.decorator_list) if _methods(decorator)
            ]
            if len(marks) != 1 or marks[0] != max(routes) + 1:
                yield module.complaint(
                    view, f"{view.name} needs one access mark right under its routes"
                )


def unknown_rooms(root: Path) -> Iterator[str]:
    """Every house has the same rooms; its door plate is one docstring of at most 15 lines."""
    for module in houses(root):
        if module.room == "__init__":
            body = module.tree.body
            if (
                len(body) != 1
                or not ast.get_docstring(module.tree)
                or len(module.path.read_text().splitlines()) > 15
            ):
                yield f"{module.where}: a house's __init__ is one docstring of at most 15 lines"
        elif module.room not in ROOMS:
            yield f"{module.where}: there is no room called {module.room}"
    if (root / "app/__init__.py").read_text().strip():
        yield "app/__init__.py: stays empty"


def backward_relationships(root: Path) -> Iterator[str]:
    """Relationships point one way, downhill."""
    for module in modules(root):
        for call in calls(module.tree):
            for keyword in call.keywords:
                if keyword.arg in {"backref", "back_populates"}:
                    yield module.complaint(
                        call, f"{keyword.arg} makes a relationship point both ways"
                    )


def hidden_imports(root: Path) -> Iterator[str]:
    """No import of app inside a function, to dodge a ring or for any other reason."""
    for module in modules(root):
        for function in ast.walk(module.tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    names = (
                        [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                    )
                    source = node.module or "" if isinstance(node, ast.ImportFrom) else ""
                    if any(name.split(".")[0] == "app" for name in [*names, source]):
                        yield module.complaint(node, "app is imported inside a function")


def private_rooms(root: Path) -> Iterator[str]:
    """Another house enters only by services, queries, parts, models, types, errors and signals."""
    for module in houses(root):
        for node, source, name in imported_from(module.tree):
            parts = [*source.split("."), name]
            if parts[0] != "app" or len(parts) < 3 or parts[1] in {"core", module.house}:
                continue
            if parts[2] in ROOMS - ENTRANCES:
                yield module.complaint(node, f"app.{parts[1]}.{parts[2]} is private to its house")


def foreign_writes(root: Path) -> Iterator[str]:
    """Only the owner makes or changes rows of its tables."""
    for module in houses(root):
        foreign = {
            name
            for _, source, name in imported_from(module.tree)
            if re.fullmatch(r"app\.(?!core\b)\w+\.models(\.\w+)*", source)
            and source.split(".")[1] != module.house
        }
        for call in calls(module.tree):
            made = called(call)
            is_aimed = made.removeprefix("sa.") in WRITING_WORDS | WRITING_DOORS and call.args
            aimed = ast.unparse(call.args[0]) if is_aimed else ""
            for name in {made, aimed} & foreign:
                yield module.complaint(call, f"{name} belongs to another house")


def misplaced_templates(root: Path) -> Iterator[str]:
    """Each template lies in its own house's folder, and a house renders its own."""
    for path in templates(root):
        parts = path.relative_to(root / "app").parts
        is_own = len(parts) > 3 and parts[1] == "templates" and parts[2] == parts[0]
        if not is_own and not (parts[0] == "core" and "templates" in parts):
            yield f"app/{'/'.join(parts)}: belongs to app/{parts[0]}/templates/{parts[0]}/"
    for module in houses(root):
        for call in calls(module.tree):
            first = call.args[0] if call.args else None
            is_page = called(call) in {"render", "render_template"} and isinstance(
                first, ast.Constant
            )
            page = str(first.value) if is_page and isinstance(first, ast.Constant) else ""
            if page and page.split("/")[0] not in {module.house, "core"}:
                yield module.complaint(call, f"{page} is another house's page")


def inline_style_or_script(root: Path) -> Iterator[str]:
    """The security policy is strict: nothing inline, nothing from elsewhere."""
    faults = {
        r"\sstyle\s*=": "inline style",
        r"\son[a-z]+\s*=\s*[\"']": "inline handler",
        # Data that search engines and chats read is no script: browsers never run it.
        r"<script(?! type=.application/ld)(?![^>]*\ssrc=)[^>]*>(?!</script>)": "inline script",
        r"<style": "inline style sheet",
        r"(src|href)=[\"']https?://": "something from elsewhere",
    }
    for path in templates(root):
        if "mail" in path.parts:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            # A column that ends in _html was cleaned by its service when it was written.
            if re.search(r"\|\s*safe\b", line) and "_html" not in line:
                yield f"{path.relative_to(root)}:{number}: unchecked markup"
            markup = re.sub(r"{[%{].*?[%}]}", "", line)
            for fault, what in faults.items():
                if re.search(fault, markup):
                    yield f"{path.relative_to(root)}:{number}: {what}"


def unguarded_forms(root: Path) -> Iterator[str]:
    """Every form that posts prints its guard, or leaves a place where its page puts it."""
    for path in templates(root):
        for form in re.finditer(r"<form\b.*?</form>", path.read_text(), re.S):
            text = form.group()
            is_post = re.search(r"method\s*=\s*[\"']post", text, re.I)
            guards = ("guard(", "{{ guard_place }}", PROVEN_BY_ADDRESS)
            if is_post and not any(guard in text for guard in guards):
                yield f"{path.relative_to(root)}: a form posts without guard()"


# Readers and runners that carry out what they are given (ruff's S rules know some of them, too).
CARRY_OUT = re.compile(
    r"^(eval|exec|compile|os\.(system|popen)|(c?pickle|marshal|shelve|dill)\.\w+|mktemp)$"
    r"|^(yaml\.(load|full_load|unsafe_load)|render_template_string|tempfile\.mktemp)$"
    r"|(^|\.)(from_string|create_module_from_string)$"
)
# What a request brings along.
BROUGHT = re.compile(
    r"request\.(args|form|values|files|cookies|headers|data|json|url|full_path|referrer|host)\b"
)
CHECKED_ADDRESS = {"safe_next", "_is_local", "_own_path", "url_for"}
# The ground's own words about tables that it knows from the models.
OWN_STATEMENTS = {"app/core/db.py", "app/core/backup/services/moving.py"}
OWN_MARKUP = {"app/core/shown.py"}  # a drawing of numbers
SECRET_WORDS = re.compile(r"\b(password|passwd|secret|token|code|csrf|cookie|key)\b", re.I)


def what_carries_out_its_input(root: Path) -> Iterator[str]:
    """Nothing runs or unpacks a text: no eval, pickle, yaml.load, template of a string, shell."""
    for module in modules(root):
        for call in calls(module.tree):
            name = called(call)
            is_shell = any(
                keyword.arg == "shell" and ast.unparse(keyword.value) != "False"
                for keyword in call.keywords
            )
            if CARRY_OUT.search(name) or is_shell:
                yield module.complaint(call, f"{name}() carries out what it is given")


def statements_made_of_text(root: Path) -> Iterator[str]:
    """SQL is written once; what varies is bound, never put into the text."""
    for module in modules(root):
        if module.where in OWN_STATEMENTS:
            continue
        for call in calls(module.tree):
            verb = called(call).rpartition(".")[2]
            is_sql = verb in {"text", "execute", "exec_driver_sql", "literal_column"}
            if is_sql and call.args and _is_put_together(call.args[0]):
                yield module.complaint(call, f"{verb}() of a text that was put together")


def _is_put_together(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        sides = (node.left, node.right)
        return any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in sides)
    return called(node).endswith(".format") and "'" in ast.unparse(node).partition(".format")[0]


def markup_of_input(root: Path) -> Iterator[str]:
    """Only finished text of our own is called safe: nothing is put into it on the way."""
    for module in modules(root):
        if module.where in OWN_MARKUP:
            continue
        for call in calls(module.tree):
            is_markup = called(call).rpartition(".")[2] == "Markup" and call.args
            # `Markup("…").format(…)` escapes; `Markup(f"…")` does not.
            if is_markup and (_is_put_together(call.args[0]) or BROUGHT.search(ast.unparse(call))):
                yield module.complaint(call, "Markup() of a text that was put together")


def redirects_to_what_was_asked(root: Path) -> Iterator[str]:
    """No redirect to an address that the request brought and nobody looked at."""
    for module in modules(root):
        for call in calls(module.tree):
            if called(call).rpartition(".")[2] not in {"redirect", "said", "leads_to"}:
                continue
            for argument in call.args[:1]:
                looked_at = {called(one) for one in calls(argument)} & CHECKED_ADDRESS
                looked_at |= {
                    name for name in CHECKED_ADDRESS if f"{name}(" in ast.unparse(argument)
                }
                if BROUGHT.search(ast.unparse(argument)) and not looked_at:
                    yield module.complaint(call, "redirects to what the request brought")


def rows_filled_from_whole_forms(root: Path) -> Iterator[str]:
    """A row gets what its form declares, field by field; never all that was sent."""
    whole = re.compile(r"^request\.(form|values|args|json)(\.to_dict\(\))?$|^request\.get_json\(")
    for module in modules(root):
        for call in calls(module.tree):
            spread = [keyword.value for keyword in call.keywords if keyword.arg is None]
            if any(whole.search(ast.unparse(value)) for value in spread):
                yield module.complaint(call, "takes all that was sent")
            if called(call).endswith(".populate_obj"):
                yield module.complaint(call, "populate_obj() lets the form choose the columns")


def secrets_in_logs(root: Path) -> Iterator[str]:
    """No line of the log names a password, a token, a code or what else opens something."""
    for module in modules(root):
        for call in calls(module.tree):
            door, _, verb = called(call).rpartition(".")
            if door not in {"log", "logger", "logging"} or verb == "getLogger":
                continue
            values = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
            for value in values:
                names = {
                    one.id if isinstance(one, ast.Name) else one.attr
                    for one in ast.walk(value)
                    if isinstance(one, ast.Name | ast.Attribute)
                }
                told = {name for name in names if SECRET_WORDS.search(name.replace("_", " "))}
                if told:
                    yield module.complaint(call, f"writes {', '.join(sorted(told))} into the log")


RULES = [
    writes_outside_services,
    commits_outside_the_door,
    transactions_behind_the_door,
    transactions_in_reading_views,
    views_without_one_mark,
    unknown_rooms,
    backward_relationships,
    hidden_imports,
    private_rooms,
    foreign_writes,
    misplaced_templates,
    inline_style_or_script,
    unguarded_forms,
    what_carries_out_its_input,
    statements_made_of_text,
    markup_of_input,
    redirects_to_what_was_asked,
    rows_filled_from_whole_forms,
    secrets_in_logs,
]
