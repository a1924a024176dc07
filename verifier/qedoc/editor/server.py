"""The language server: documents of an editor go in; diagnostics, hovers and quick fixes come out."""

import asyncio
import logging
import os
import sys
from collections.abc import Coroutine
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from qedoc import __version__
from qedoc.editor import cards, marks
from qedoc.editor.preferences import Preferences, preferences
from qedoc.editor.rounds import Ended, Found, News, Progress, Rounds, Said, Started
from qedoc.editor.units import Units

if TYPE_CHECKING:
    from concurrent.futures import Future

_SEVERITY = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "information": lsp.DiagnosticSeverity.Information,
    "hint": lsp.DiagnosticSeverity.Hint,
}


@dataclass(slots=True)
class Session:
    """What the server knows of an editor.

    Attributes:
        server: talks with the editor.
        rounds: checks files; None before the editor has said which.
        known: what was found, by file.
        tokens: the progress that is shown, by file.
        running: the files that are being checked, each with a number.
        wrong: what is wrong with the options.
    """

    server: LanguageServer
    rounds: Rounds | None = None
    known: dict[Path, Found] = field(default_factory=dict)
    tokens: dict[Path, str] = field(default_factory=dict)
    running: dict[Path, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    def begin(self, params: lsp.InitializeParams) -> None:
        """Reads the options, and goes to the folder of the project."""
        root = params.root_uri or (params.workspace_folders[0].uri if params.workspace_folders else None)
        folder = to_fs_path(root) if root else params.root_path
        if folder and Path(folder).is_dir():
            os.chdir(folder)
        if (here := str(Path.cwd())) not in sys.path:  # as in a worker, so that the project's own modules are found
            sys.path.append(here)
        chosen, self.wrong = preferences(params.initialization_options)
        self._start(chosen)

    def _start(self, chosen: Preferences) -> None:
        loop = asyncio.get_running_loop()

        def tell(news: News) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self.receive, news)

        self.rounds = Rounds(preferences=chosen, tell=tell)
        self.rounds.start()

    def ready(self) -> None:
        """Says what is wrong with the options."""
        for message in self.wrong:
            self.server.window_show_message(lsp.ShowMessageParams(type=lsp.MessageType.Warning, message=f"qedoc: {message}"))

    def opened(self, uri: str) -> None:
        """Checks a document that was opened."""
        if self.rounds is not None and (path := _path(uri)) is not None:
            self.rounds.add(path)

    def saved(self, uri: str) -> None:
        """Checks a document that was saved and, if it is code, all others that are open."""
        if self.rounds is None or (path := _path(uri)) is None:
            return
        documents = [found for one in self.server.workspace.text_documents if (found := _path(one)) is not None and found != path]
        self.rounds.saved(path, documents if path.suffix == ".py" else [])

    def closed(self, uri: str) -> None:
        """Forgets a document."""
        if self.rounds is not None and (path := _path(uri)) is not None:
            self.rounds.forget(path)
            self.known.pop(path, None)
            self.server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    def end(self) -> None:
        """Ends all processes."""
        rounds, self.rounds = self.rounds, None
        if rounds is not None:
            rounds.close()

    def receive(self, news: News) -> None:
        """Passes news on to the editor."""
        match news:
            case Started(path=path):
                self.running[path] = number = next(self._numbers)
                self._later(self._begin_progress(path, number))
            case Progress(path=path, done=done, all=cases, doing=doing):
                if (token := self.tokens.get(path)) is not None:
                    share = 100 * done // cases if cases else None
                    text = f"{done} of {cases}: {doing}" if cases else doing
                    self.server.work_done_progress.report(token, lsp.WorkDoneProgressReport(message=text, percentage=share))
            case Found(path=path):
                self.known[path] = news
                self._publish(news)
            case Ended(path=path):
                self.running.pop(path, None)
                if (token := self.tokens.pop(path, None)) is not None:
                    self._end_progress(token)
            case Said(message=message, bug=bug):
                kind = lsp.MessageType.Error if bug else lsp.MessageType.Info
                self.server.window_log_message(lsp.LogMessageParams(type=kind, message=f"qedoc: {message}"))

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _begin_progress(self, path: Path, number: int) -> None:
        window = self.server.client_capabilities.window
        if window is None or not window.work_done_progress:
            return
        shown, token = self.server.work_done_progress, f"qedoc-{number}"
        await shown.create_async(token)
        shown.tokens[token].add_done_callback(self._cancelled)
        shown.begin(token, lsp.WorkDoneProgressBegin(title=f"qedoc {path.name}", cancellable=True, percentage=0))
        if self.running.get(path) == number:
            self.tokens[path] = token
        else:  # the check was faster than the editor
            self._end_progress(token)

    def _end_progress(self, token: str) -> None:
        self.server.work_done_progress.end(token, lsp.WorkDoneProgressEnd())
        self.server.work_done_progress.tokens.pop(token, None)

    def _cancelled(self, future: "Future[None]") -> None:
        """Stops the round if the user cancels its progress."""
        if future.cancelled() and self.rounds is not None:
            self.rounds.cancel()

    def _units(self) -> Units:
        return Units(lsp.PositionEncodingKind(self.server.workspace.position_encoding or "utf-16").value)

    def _publish(self, found: Found) -> None:
        uri = self._uri(found.path)
        if uri is None:
            return
        units = self._units()
        document = self.server.workspace.get_text_document(uri)
        shown = [
            lsp.Diagnostic(
                range=units.range(found.text, mark.start, mark.end),
                message=mark.message,
                severity=_SEVERITY[mark.severity],
                code=mark.notice.code.code,
                code_description=lsp.CodeDescription(href=mark.notice.code.url),
                source="qedoc",
                data={"claim": mark.notice.claim},
            )
            for mark in found.marks
        ]
        version = document.version if document.source == found.text else None
        self.server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=uri, diagnostics=shown, version=version))

    def _uri(self, path: Path) -> str | None:
        """The address under which the editor has opened a file."""
        return next((uri for uri in self.server.workspace.text_documents if _path(uri) == path), None)

    def hover(self, params: lsp.HoverParams) -> lsp.Hover | None:
        """The card of the formula at a position, if it still stands there as it was checked."""
        found = self._checked(params.text_document.uri)
        if found is None or found.checked is None:
            return None
        units, text = self._units(), self.server.workspace.get_text_document(params.text_document.uri).source
        at = units.offset(text, params.position)
        for result in found.checked.outcome.claims:
            place = marks.place_of(result, text, found.checked.document.kind)
            if place is not None and place[0] <= at <= place[1]:
                value = cards.card(result, found.checked.readings.get(result.id))
                content = lsp.MarkupContent(kind=lsp.MarkupKind.Markdown, value=value)
                return lsp.Hover(contents=content, range=units.range(text, *place))
        return None

    def actions(self, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        """The quick fixes for a part of a document: one for each proved correction of a formula there."""
        uri = params.text_document.uri
        found = self._checked(uri)
        wanted = params.context.only
        if found is None or found.checked is None or (wanted and not any(lsp.CodeActionKind.QuickFix.startswith(kind) for kind in wanted)):
            return []
        document = self.server.workspace.get_text_document(uri)
        units, text = self._units(), document.source
        start, end = units.offset(text, params.range.start), units.offset(text, params.range.end)
        made: list[lsp.CodeAction] = []
        for fix in marks.fixes(found.checked, text):
            if fix.start <= end and start <= fix.end:
                edits = [lsp.TextEdit(range=units.range(text, part.start, part.end), new_text=part.text) for part in fix.parts]
                about = [one for one in params.context.diagnostics if isinstance(one.data, dict) and one.data.get("claim") == fix.claim]
                action = lsp.CodeAction(
                    title=fix.title,
                    kind=lsp.CodeActionKind.QuickFix,
                    diagnostics=about or None,
                    is_preferred=fix.best,
                    edit=self._edit(uri, document.version, edits),
                )
                made.append(action)
        return made

    def _edit(self, uri: str, version: int | None, edits: list[lsp.TextEdit]) -> lsp.WorkspaceEdit:
        workspace = self.server.client_capabilities.workspace
        can = workspace.workspace_edit if workspace is not None else None
        if can is None or not can.document_changes:
            return lsp.WorkspaceEdit(changes={uri: edits})
        changed = lsp.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
        return lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(text_document=changed, edits=[*edits])])

    def _checked(self, uri: str) -> Found | None:
        path = _path(uri)
        return None if path is None else self.known.get(path)


def _path(uri: str) -> Path | None:
    """The file of a document; None for a document without one."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path).resolve() if path else None


def made() -> tuple[LanguageServer, Session]:
    """Returns a server, and what it knows."""
    save = lsp.SaveOptions(include_text=False)
    server = LanguageServer("qedoc", __version__)
    session = Session(server)

    @server.feature(lsp.INITIALIZE)
    def initialize(params: lsp.InitializeParams) -> None:
        session.begin(params)

    @server.feature(lsp.INITIALIZED)
    def initialized(params: lsp.InitializedParams) -> None:
        session.ready()

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: lsp.DidOpenTextDocumentParams) -> None:
        session.opened(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE, save)
    def did_save(params: lsp.DidSaveTextDocumentParams) -> None:
        session.saved(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: lsp.DidCloseTextDocumentParams) -> None:
        session.closed(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        return session.hover(params)

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix]))
    def code_action(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        return session.actions(params)

    @server.feature(lsp.SHUTDOWN)
    def shutdown(params: None) -> None:
        session.end()

    return server, session


def serve() -> None:
    """Talks with an editor over standard input and output until it ends.

    Nothing else may write to standard output or read standard input, in this process and in its workers. So both get other files.
    """
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    incoming: BinaryIO = os.fdopen(os.dup(0), "rb")
    outgoing: BinaryIO = os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    server, session = made()
    try:
        server.start_io(incoming, outgoing)
    finally:
        session.end()
