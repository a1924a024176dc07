"""A client of the language server, over standard input and output as editors are."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Condition, Thread
from typing import Any

from lsprotocol import converters
from lsprotocol import types as lsp

PATIENCE = 300
"""Seconds after which a message that does not come fails the test."""

CAPABILITIES = {
    "window": {"workDoneProgress": True},
    "workspace": {"workspaceEdit": {"documentChanges": True}},
    "textDocument": {"publishDiagnostics": {"codeDescriptionSupport": True, "versionSupport": True}},
}


class Editor:
    """An editor with the server of a project."""

    def __init__(self, folder: Path, environment: dict[str, str], options: dict[str, Any]) -> None:
        self.folder = folder
        self.log = folder.parent / f"{folder.name}.log"
        with self.log.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "qedoc", "lsp", "--stdio"],
                cwd="/",
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        self.converter = converters.get_converter()
        self.texts: dict[Path, str] = {}
        self.versions: dict[Path, int] = {}
        self.came: list[tuple[str, Any]] = []
        self.answers: dict[int, Any] = {}
        self.number = 0
        self.changed = Condition()
        self.reader = Thread(target=self.read, daemon=True)
        self.reader.start()
        root = folder.as_uri()
        found = self.request("initialize", processId=None, rootUri=root, capabilities=CAPABILITIES, initializationOptions=options)
        self.server = self.converter.structure(found, lsp.InitializeResult)
        self.notify("initialized")

    def read(self) -> None:
        """Takes the messages of the server. What is no message of the protocol ends it, and the test fails."""
        assert self.process.stdout is not None
        length = 0
        for line in iter(self.process.stdout.readline, b""):
            name, _, value = line.strip().partition(b": ")
            assert name in (b"Content-Length", b"Content-Type", b""), line
            length = int(value) if name == b"Content-Length" else length
            if not name:
                self.take(json.loads(self.process.stdout.read(length)))

    def take(self, message: dict[str, Any]) -> None:
        with self.changed:
            if "method" not in message:
                self.answers[message["id"]] = message
            else:
                params = self.converter.structure(message, lsp.METHOD_TO_TYPES[message["method"]][0]).params
                if "id" in message:
                    self.send(id=message["id"], result=None)
                self.came.append((message["method"], params))
            self.changed.notify_all()

    def send(self, **message: Any) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self.process.stdin.flush()

    def request(self, method: str, **params: Any) -> Any:
        self.number += 1
        mine = self.number
        self.send(id=mine, method=method, params=params)
        with self.changed:
            assert self.changed.wait_for(lambda: mine in self.answers, PATIENCE), self.log.read_text()
        answer = self.answers.pop(mine)
        assert "error" not in answer, answer
        return answer["result"]

    def notify(self, method: str, **params: Any) -> None:
        self.send(method=method, params=params)

    def until(self, what: Callable[[str, Any], bool], since: int = 0) -> Any:
        """The first message since a place in the list for which something holds."""
        with self.changed:

            def found() -> list[Any]:
                return [params for method, params in self.came[since:] if what(method, params)]

            assert self.changed.wait_for(lambda: bool(found()), PATIENCE), (self.came[since:], self.log.read_text())
            return found()[0]

    def address(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, since: int | None = None) -> list[lsp.Diagnostic]:
        """Opens a document, and returns what is known when its check has ended."""
        path, start = self.folder / name, len(self.came)
        self.texts[path], self.versions[path] = path.read_text(), 1
        document = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": self.texts[path]}
        self.notify("textDocument/didOpen", textDocument=document)
        return self.checked(name, start)

    def edit(self, name: str, text: str) -> None:
        """Changes a document, without saving it."""
        path = self.folder / name
        self.texts[path] = text
        self.versions[path] += 1
        document = {"uri": path.as_uri(), "version": self.versions[path]}
        self.notify("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])

    def save(self, name: str) -> int:
        """Saves a document, and returns the place in the list of messages at that time."""
        path, start = self.folder / name, len(self.came)
        path.write_text(self.texts[path])
        self.notify("textDocument/didSave", textDocument={"uri": path.as_uri()})
        return start

    def checked(self, name: str, since: int) -> list[lsp.Diagnostic]:
        """What is known of a document when its check, begun since a place in the list, has ended."""
        title = f"qedoc {Path(name).name}"

        def begins(method: str, params: Any) -> bool:
            return method == "$/progress" and params.value.get("title") == title

        token = self.until(begins, since).token
        self.until(lambda method, params: method == "$/progress" and params.token == token and params.value["kind"] == "end", since)
        return self.shown(name, since)

    def shown(self, name: str, since: int = 0) -> list[lsp.Diagnostic]:
        """The diagnostics of a document now."""
        found = [
            params.diagnostics
            for method, params in self.came[since:]
            if method == "textDocument/publishDiagnostics" and params.uri == self.address(name)
        ]
        return list(found[-1]) if found else []

    def place(self, name: str, text: str) -> dict[str, int]:
        """The position of a text in a document that is plain ASCII before it."""
        before = self.texts[self.folder / name].partition(text)[0]
        return {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}

    def hover(self, name: str, text: str) -> str:
        """The card at a text."""
        found = self.request("textDocument/hover", textDocument={"uri": self.address(name)}, position=self.place(name, text))
        return "" if found is None else found["contents"]["value"]

    def actions(self, name: str, text: str) -> list[lsp.CodeAction]:
        """The quick fixes at a text."""
        at = self.place(name, text)
        found = self.request(
            "textDocument/codeAction",
            textDocument={"uri": self.address(name)},
            range={"start": at, "end": at},
            context={"diagnostics": [], "only": ["quickfix"]},
        )
        return [self.converter.structure(one, lsp.CodeAction) for one in found]

    def apply(self, name: str, action: lsp.CodeAction) -> None:
        """Applies a quick fix to a document, if it is for the version that is open."""
        path = self.folder / name
        assert action.edit is not None
        assert action.edit.document_changes is not None
        (change,) = action.edit.document_changes
        assert isinstance(change, lsp.TextDocumentEdit)
        assert (change.text_document.uri, change.text_document.version) == (path.as_uri(), self.versions[path])
        lines = self.texts[path].split("\n")
        for edit in sorted(change.edits, key=lambda one: (one.range.start.line, one.range.start.character), reverse=True):
            assert isinstance(edit, lsp.TextEdit)
            start, end = edit.range.start, edit.range.end
            assert start.line == end.line
            lines[start.line] = lines[start.line][: start.character] + edit.new_text + lines[start.line][end.character :]
        self.edit(name, "\n".join(lines))

    def quit(self) -> int:
        """Ends the server as the protocol says, and returns its exit code."""
        self.request("shutdown")
        self.notify("exit")
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """Ends the server if it runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
