#!/usr/bin/env python3
"""Verifies a dossier of Linli offline: a second verifier, written from docs/dossier.md alone.

It shares no code with the first one (`linli dossier verify`). Python 3.8 or newer, standard library; only to check the
signature of a checkpoint (--key) the package cryptography.

    verify_dossier.py [--json] [--head SEQ:HASH] [--key NAME+ID+KEY] [--witness FOLDER] FILE...

Exit code 0: every dossier holds, 1: one does not, 2: wrong use. With --json one object a line and file.
"""
import base64
import datetime
import hashlib
import json
import os
import re
import struct
import sys
import zlib

MOST_WHOLE = 256 * 1024 * 1024
GENESIS = "0" * 64
EMPTIED = '{"data":{}}'
WAIT_MS = 7 * 86_400_000
ENDS_DESTRUCTION = ("destruction.refused", "destruction.revoked", "hold.set", "case.reopened", "case.handedAway", "case.received", "case.moved")
OWN_EVENTS = dict((each.split(":")[0], each.split(":")[1].split("|")) for each in (
    "access.approve:access.approved access.breakGlass:access.opened access.end:access.ended access.review:access.reviewed "
    "accountability.answer:accountability.answered accountability.appeal:accountability.appealed "
    "accountability.decide:accountability.decided advance.record:advance.recorded "
    "advance.repay:cash.recorded|ledger.recorded|voucher.drafted advance.withdraw:advance.settled await.occur:await.occurred "
    "book.handOver:book.handedOver books.archive:books.archived books.chase:book.frozen|book.unfrozen books.closeDay:day.closed "
    "books.closeMonth:month.closed books.giveStatement:statement.given books.match:books.matched|books.unmatched "
    "books.reconcile:books.reconciled case.acceptTransfer:transfer.accepted case.close:case.closed case.depart:case.departed "
    "case.escalate:escalation.made case.handAway:case.handedAway case.import:history.imported|history.stageDone|history.counted "
    "case.migrate:case.migrated case.move:case.moved|transfer.revoked case.offerTransfer:transfer.offered case.open:case.opened case.receive:case.received "
    "case.refer:transfer.offered case.refuseTransfer:transfer.refused case.reopen:case.reopened case.resume:case.resumed "
    "case.return:escalation.returned case.revokeTransfer:transfer.revoked case.suspend:case.suspended case.takeBack:case.takenBack "
    "cash.count:cash.counted cash.record:cash.recorded complaint.answer:complaint.answered complaint.appeal:complaint.appealed "
    "complaint.make:complaint.made complaint.withdraw:complaint.withdrawn consent.give:consent.given consent.refuse:consent.refused "
    "consent.withdraw:consent.withdrawn data.correct:data.corrected deadline.decideExtension:deadline.extensionDecided "
    "deadline.nudge:deadline.nudged deadline.pause:deadline.paused deadline.requestExtension:deadline.extensionRequested "
    "disclosure.post:disclosure.posted disclosure.takeDown:disclosure.takenDown objection.decide:objection.decided "
    "objection.raise:objection.raised plan.deliberate:effect.asked "
    "deadline.resume:deadline.moved decision.record:decision.recorded destruction.approve:destruction.approved "
    "destruction.refuse:destruction.refused destruction.request:destruction.requested destruction.revoke:destruction.revoked "
    "discrepancy.decide:discrepancy.decided discrepancy.explain:discrepancy.explained document.attach:document.attached "
    "effect.answer:effect.answered emergency.close:emergency.closed emergency.report:emergency.reported "
    "entry.reverse:cash.reversed|ledger.reversed|voucher.drafted erasure.answer:erasure.answered erasure.request:erasure.requested "
    "erasure.withdraw:erasure.withdrawn finding.accept:finding.accepted finding.answer:finding.answered finding.return:finding.returned "
    "gift.record:gift.recorded gift.reverse:gift.reversed gift.thank:gift.thanked "
    "group.count:group.counted group.setSize:group.sized history.correct:history.corrected "
    "hold.lift:hold.lifted hold.set:hold.set inspection.record:inspection.recorded ledger.record:ledger.recorded|voucher.drafted "
    "message.acknowledge:message.acknowledged milestone.reach:milestone.reached note.add:note.added option.add:option.added option.choose:option.chosen "
    "option.reject:option.rejected party.add:party.added "
    "party.change:party.changed|role.assigned party.end:party.ended payout.approve:payout.approved payout.confirm:payout.confirmed "
    "payout.issueCode:payout.codeIssued payout.refuse:payout.refused payout.request:payout.requested plan.revise:plan.revised "
    "record.destroy:record.destroyed stage.extend:stage.extended stage.repeat:stage.left stage.skip:stage.left "
    "stage.stepBack:stage.left|stage.entered statement.import:statement.imported statement.match:statement.matched|statement.unmatched "
    "statement.unmatch:statement.unmatched task.add:item.added task.assign:item.assigned task.complete:task.completed|duty.counted "
    "task.reopen:item.reopened task.skip:item.skipped voucher.review:voucher.returned|ledger.recorded|ledger.reversed"
).split())
KNOWN_EVENTS = {event for events in OWN_EVENTS.values() for event in events}
DATED_THEMSELVES = ("history.imported", "history.stageDone", "history.counted", "case.opened")
HEX64 = re.compile(r"[0-9a-f]{64}\Z")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z", re.ASCII)
HEADER = {"v", "installation", "case", "seq", "type", "recordedAt", "occurredAt", "actor", "actId", "program", "keyId", "commitment", "prev"}
MANIFEST = {"format", "version", "installation", "case", "redacted", "seq", "head", "recordedAt", "code", "stateVersion", "histories", "files"}


class Broken(Exception):
    """What was read is so far from its form that nothing more can be said."""


# ---- RFC 8785 ----------------------------------------------------------------------------------------------------------

def number_text(value):
    """A number as ECMAScript writes it."""
    if isinstance(value, int):
        if abs(value) < 10 ** 21:
            return str(value)
        value = float(value)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("no JSON number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0)
    if whole.strip("0") == "":
        point = int(exponent or 0) - (len(fraction) - len(fraction.lstrip("0")))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = point - 1
    tail = "e" + ("+" if power >= 0 else "-") + str(abs(power))
    return sign + digits[0] + ("." + digits[1:] if count > 1 else "") + tail


SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def string_text(text):
    out = []
    for sign in text:
        if sign in SHORT:
            out.append(SHORT[sign])
        elif ord(sign) < 0x20:
            out.append("\\u%04x" % ord(sign))
        elif 0xD800 <= ord(sign) <= 0xDFFF:
            raise ValueError("a lone surrogate")
        else:
            out.append(sign)
    return '"' + "".join(out) + '"'


PLAIN = re.compile(r'[^"\\\x00-\x1f\ud800-\udfff]*\Z')


def canonical(value):
    """The one text of a JSON value (RFC 8785)."""
    out = []
    write(value, out)
    return "".join(out)


def write(value, out):
    if value is None:
        out.append("null")
    elif value is True:
        out.append("true")
    elif value is False:
        out.append("false")
    elif isinstance(value, str):
        out.append('"' + value + '"' if PLAIN.match(value) else string_text(value))
    elif isinstance(value, (int, float)):
        out.append(number_text(value))
    elif isinstance(value, list):
        out.append("[")
        for n, each in enumerate(value):
            if n:
                out.append(",")
            write(each, out)
        out.append("]")
    elif isinstance(value, dict):
        out.append("{")
        # members are sorted by their UTF-16 code units
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        for n, name in enumerate(names):
            if n:
                out.append(",")
            write(name, out)
            out.append(":")
            write(value[name], out)
        out.append("}")
    else:
        raise ValueError("no JSON")


def no_constant(text):
    raise ValueError(text)


def parse(text):
    return json.loads(text, parse_constant=no_constant)


NOT_CANONICAL = object()


def canonical_in(text):
    """What a text says, where it is the canonical text of it; otherwise NOT_CANONICAL."""
    try:
        value = parse(text)
        return value if canonical(value) == text else NOT_CANONICAL
    except (ValueError, RecursionError):
        return NOT_CANONICAL


def sha256(data):
    return hashlib.sha256(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data).hexdigest()


# ---- the archive -------------------------------------------------------------------------------------------------------

class Archive:
    """The archive, every byte that is not content checked against the documented form."""

    def __init__(self, name):
        self.file = open(name, "rb")
        self.entries = self.directory()
        self.by_path = {entry[0]: entry for entry in self.entries}

    def close(self):
        self.file.close()

    def at(self, offset, length):
        self.file.seek(offset)
        data = self.file.read(length)
        if len(data) != length:
            raise Broken("the archive is cut")
        return data

    def directory(self):
        size = self.file.seek(0, 2)
        if size < 22 or size > 0xFFFFFFFF:
            raise Broken("the archive is not of the documented form")
        end = self.at(size - 22, 22)
        count, listed, start = struct.unpack("<HII", end[10:20])
        expected = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, listed, start, 0)
        if end != expected or start + listed + 22 != size or listed > 64 * 1024 * 1024:
            raise Broken("the end of the archive is not of the documented form")
        directory = self.at(start, listed)
        entries, seen, place, offset = [], set(), 0, 0
        for _ in range(count):
            if place + 46 > listed:
                raise Broken("the directory is cut")
            crc, length = struct.unpack("<II", directory[place + 16:place + 24])
            (name_length,) = struct.unpack("<H", directory[place + 28:place + 30])
            name = directory[place + 46:place + 46 + name_length]
            shared = struct.pack("<HHHHHIIIHH", 20, 0x0800, 0, 0, 0x21, crc, length, length, name_length, 0)
            if directory[place:place + 46 + name_length] != b"PK\1\2\x14\0" + shared + bytes(10) + struct.pack("<I", offset) + name:
                raise Broken("an entry of the directory is not of the documented form")
            local = b"PK\3\4" + shared + name
            if offset + len(local) + length > start or self.at(offset, len(local)) != local:
                raise Broken("an entry of the archive is not of the documented form")
            path = self.path_of(name, seen)
            entries.append((path, length, crc, offset + len(local)))
            offset += len(local) + length
            place += 46 + name_length
        if place != listed or offset != start:
            raise Broken("something lies between the entries of the archive")
        return entries

    @staticmethod
    def path_of(name, seen):
        try:
            path = name.decode("utf-8")
        except UnicodeDecodeError:
            raise Broken("a path is no UTF-8")
        for segment in path.split("/"):
            letters = all(sign.isalnum() or sign in "._-" for sign in segment)
            if not segment or segment.startswith(".") or not letters:
                raise Broken("the archive has a path that is not allowed")
        if len(name) > 200 or path.lower() in seen:
            raise Broken("the archive has a path twice, or one too long")
        seen.add(path.lower())
        return path

    def read(self, path):
        entry = self.by_path.get(path)
        if entry is None:
            return None
        if entry[1] > MOST_WHOLE:
            raise Broken(path + " is too large to be read as a whole")
        return self.at(entry[3], entry[1])

    def digest(self, entry):
        _, length, _, start = entry
        total, crc, done = hashlib.sha256(), 0, 0
        while done < length:
            piece = self.at(start + done, min(1 << 20, length - done))
            total.update(piece)
            crc = zlib.crc32(piece, crc)
            done += len(piece)
        return total.hexdigest(), crc


# ---- the verifier ------------------------------------------------------------------------------------------------------

class Verifier:
    def __init__(self, archive, known, key=None, witness=None):
        self.archive, self.known, self.key, self.witness = archive, known, key, witness
        self.found, self.unchecked, self.total = [], [], 0
        self.events, self.organisation, self.tables = [], [], {}
        self.manifest = {}
        self.destroyed = False
        self.tree = None

    def find(self, rule, where, what):
        self.total += 1
        if sum(1 for each in self.found if each["rule"] == rule) < 100:
            self.found.append({"rule": rule, "where": str(where), "what": what})

    def leave(self, rule, why):
        self.unchecked.append({"rule": rule, "why": why})

    def paths(self, prefix):
        return [entry[0] for entry in self.archive.entries if entry[0].startswith(prefix)]

    def json(self, path, rule):
        data = self.archive.read(path)
        if data is None:
            self.find(rule, path, "the file is missing")
            return None
        try:
            value = canonical_in(data.decode("utf-8"))
        except UnicodeDecodeError:
            value = NOT_CANONICAL
        if value is NOT_CANONICAL:
            self.find(rule, path, "it is no canonical JSON")
            return None
        return value

    def table(self, name, rule):
        if name not in self.tables:
            self.tables[name] = self.read_table(name + ".json", rule) if name + ".json" in self.archive.by_path else None
        return self.tables[name]

    def read_table(self, path, rule):
        table = self.json(path, rule)
        if table is None:
            return None
        good = isinstance(table, dict) and set(table) == {"columns", "rows"} and isinstance(table["columns"], list) and isinstance(table["rows"], list)
        good = good and all(isinstance(each, str) for each in table["columns"]) and len(set(table["columns"])) == len(table["columns"])
        good = good and all(isinstance(row, list) and len(row) == len(table["columns"]) for row in table["rows"])
        if not good:
            self.find(rule, path, "it is no table")
            return None
        return table

    def rows(self, name, rule):
        table = self.table(name, rule)
        return [dict(zip(table["columns"], row)) for row in table["rows"]] if table else []

    def run(self):
        if not self.check_manifest():
            return
        self.destroyed = self.says_destroyed()
        self.check_chain()
        if self.destroyed and self.events and self.events[-1]["header"]["type"] == "record.destroyed":
            self.check_destroyed()
        self.check_programs()
        self.check_acts()
        self.check_documents()
        self.check_books()
        self.check_organisation()
        self.check_histories()
        self.check_rest()
        proved = self.check_proofs()
        if not self.manifest["redacted"]:
            self.check_organisation_proofs()
        self.check_known(proved)

    # -- manifest

    def check_manifest(self):
        manifest = self.json("manifest.json", "manifest")
        if not self.is_manifest(manifest):
            if manifest is not None:
                self.find("manifest", "manifest.json", "it is no manifest of a dossier of version 1")
            return False
        self.manifest = manifest
        entries = self.archive.entries
        listed = [entry[0] for entry in entries].index("manifest.json")
        for n, entry in enumerate(entries):
            path = entry[0]
            if n == listed:
                continue
            digest, crc = self.archive.digest(entry)
            if crc != entry[2]:
                self.find("archive", path, "its checksum is wrong")
            if n > listed:
                if not path.startswith("proofs/"):
                    self.find("manifest", path, "only proofs may follow the manifest")
                continue
            said = manifest["files"][n] if n < len(manifest["files"]) else None
            if said is None or said["path"] != path:
                self.find("manifest", path, "the manifest does not list it here")
            elif said["bytes"] != entry[1] or said["sha256"] != digest:
                self.find("manifest", path, "it is not what the manifest lists")
        for each in manifest["files"][listed:]:
            self.find("manifest", each["path"], "it is listed and not there")
        return True

    @staticmethod
    def is_manifest(manifest):
        def count(value):
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0

        if not isinstance(manifest, dict) or set(manifest) != MANIFEST:
            return False
        texts = all(isinstance(manifest[name], str) for name in ("installation", "case", "recordedAt", "code", "head"))
        good = texts and manifest["format"] == "linli-dossier" and manifest["version"] == 1 and isinstance(manifest["redacted"], bool)
        good = good and count(manifest["seq"]) and count(manifest["stateVersion"]) and (manifest["histories"] is None or count(manifest["histories"]))
        good = good and bool(HEX64.match(manifest["head"])) and isinstance(manifest["files"], list)
        return good and all(
            isinstance(each, dict) and set(each) == {"path", "bytes", "sha256"} and isinstance(each["path"], str) and count(each["bytes"])
            and isinstance(each["sha256"], str) and HEX64.match(each["sha256"]) for each in manifest["files"])

    # -- chain

    def lines(self, path, rule, redacted):
        data = self.archive.read(path)
        if data is None:
            return
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            self.find(rule, path, "it is no UTF-8")
            return
        if not text.endswith("\n"):
            self.find(rule, path, "it does not end with a line break")
        for n, line in enumerate(text.split("\n")[:-1]):
            where = "%s:%d" % (path, n + 1)
            value = canonical_in(line)
            if value is NOT_CANONICAL:
                self.find(rule, where, "it is no canonical JSON")
                continue
            event = self.event_of(value, redacted)
            if event is None:
                self.find(rule, where, "it is no event")
                continue
            self.check_event(event, rule, redacted, self.destroyed and rule == "chain" and event["seq"] < self.manifest["seq"])
            yield event

    @staticmethod
    def event_of(value, redacted):
        if not isinstance(value, dict) or set(value) != ({"seq", "hash", "header", "payload"} | ({"shown"} if redacted else set())):
            return None
        if isinstance(value["seq"], bool) or not isinstance(value["seq"], int) or not isinstance(value["hash"], str) or not isinstance(value["header"], str):
            return None
        try:
            header = parse(value["header"])
        except ValueError:
            return None
        if not isinstance(header, dict) or set(header) != HEADER or not isinstance(header["actor"], dict):
            return None
        event = {"seq": value["seq"], "hash": value["hash"], "header": header, "header_text": value["header"], "payload_text": value["payload"]}
        if redacted:
            if value["payload"] is not None or not isinstance(value["shown"], dict):
                return None
            event["data"] = value["shown"]
            return event
        if not isinstance(value["payload"], str):
            return None
        try:
            payload = parse(value["payload"])
        except ValueError:
            payload = None
        data = payload.get("data") if isinstance(payload, dict) else None
        event["data"] = data if isinstance(data, dict) else {}
        return event

    def check_event(self, event, rule, redacted, emptied=False):
        seq, header = event["seq"], event["header"]
        if sha256(event["header_text"]) != event["hash"]:
            self.find(rule, seq, "the hash is not that of the header")
        if canonical_in(event["header_text"]) is NOT_CANONICAL:
            self.find(rule, seq, "the header is not canonical")
        if header["v"] != 1 or header["seq"] != seq or set(header["actor"]) != {"kind", "id", "post"}:
            self.find(rule, seq, "the header is not of the documented form")
        if not all(isinstance(header[name], str) and INSTANT.match(header[name]) for name in ("recordedAt", "occurredAt")):
            self.find(rule, seq, "a time of the header is not of the documented form")
        if redacted:
            return
        if emptied:
            if event["payload_text"] != EMPTIED:
                self.find(rule, seq, "the case is destroyed, and the payload is there")
            return
        if sha256(event["payload_text"]) != header["commitment"]:
            self.find(rule, seq, "the payload is not what the header commits to")
        payload = canonical_in(event["payload_text"])
        if payload is NOT_CANONICAL:
            self.find(rule, seq, "the payload is not canonical")
        elif not isinstance(payload, dict) or set(payload) != {"data", "salt"} or not (isinstance(payload["salt"], str) and HEX64.match(payload["salt"])):
            self.find(rule, seq, "the payload is not of the documented form")

    def check_chain(self):
        manifest = self.manifest
        prev, recorded_at = GENESIS, ""
        for n, path in enumerate(self.paths("events/")):
            if path != "events/%06d.jsonl" % (n + 1):
                self.find("chain", path, "the files of events are not numbered without gap")
            before = len(self.events)
            for event in self.lines(path, "chain", manifest["redacted"]):
                seq, header = event["seq"], event["header"]
                if seq != len(self.events) + 1:
                    self.find("chain", seq, "expected event %d here" % (len(self.events) + 1))
                if header["prev"] != prev:
                    self.find("chain", seq, "it does not follow the event before it")
                if header["case"] != manifest["case"]:
                    self.find("chain", seq, "it is of another case")
                if str(header["recordedAt"]) < recorded_at:
                    self.find("chain", seq, "it was recorded before the event before it")
                prev, recorded_at = event["hash"], str(header["recordedAt"])
                self.events.append(event)
            if len(self.events) == before:
                self.find("chain", path, "a file of events without events")
        self.check_installations()
        first = self.events[0] if self.events else None
        if first is None or first["header"]["type"] != "case.opened" or (not manifest["redacted"] and not self.destroyed and first["data"].get("caseId") != manifest["case"]):
            self.find("chain", 1, "it does not open this case")
        last = self.events[-1] if self.events else None
        if last is None or (last["seq"], last["hash"], last["header"]["recordedAt"]) != (manifest["seq"], manifest["head"], manifest["recordedAt"]):
            self.find("chain", "end", "the chain does not end as the manifest says")

    # -- a case whose contents are destroyed

    def says_destroyed(self):
        """Whether the last line of the chain is the certificate of a destruction."""
        paths = self.paths("events/")
        data = self.archive.read(paths[-1]) if paths else None
        try:
            line = parse((data or b"").decode("utf-8").rstrip("\n").split("\n")[-1])
            return parse(line["header"])["type"] == "record.destroyed"
        except (ValueError, KeyError, TypeError):
            return False

    def check_destroyed(self):
        """Two persons have decided it one after the other, the wait was over, and the certificate covers everything."""
        manifest, last = self.manifest, self.events[-1]

        def wrong(where, what):
            self.find("destruction", where, what)

        if manifest["redacted"]:
            wrong("manifest.json", "there is no redacted dossier of a destroyed case")
        data, earlier = last["data"], self.events[:-1]
        if last["header"]["actor"].get("kind") != "system":
            wrong(last["seq"], "it was not destroyed by a process of Linli")
        asked, agreed = self.decided(data.get("requested"), "destruction.requested"), self.decided(data.get("approved"), "destruction.approved")
        if asked is None or agreed is None:
            wrong(last["seq"], "the certificate names no request and approval of this chain")
        else:
            if asked["header"]["actor"]["id"] == agreed["header"]["actor"]["id"]:
                wrong(last["seq"], "one person alone has decided that it is destroyed")
            if not asked["seq"] <= agreed["seq"] < last["seq"]:
                wrong(last["seq"], "it was not approved after it was asked for")
            if ms_of(last["header"]["recordedAt"]) - ms_of(agreed["header"]["recordedAt"]) < WAIT_MS:
                wrong(last["seq"], "it was destroyed before the wait after the approval was over")
            if [event for event in self.events if event["seq"] > asked["seq"] and event["header"]["type"] in ENDS_DESTRUCTION]:
                wrong(last["seq"], "what was asked for had ended before it was destroyed")
        about, counts = data.get("case"), data.get("counts")
        of_this = isinstance(about, dict) and about.get("caseId") == manifest["case"]
        if not of_this or not isinstance(counts, dict) or not same(counts.get("events"), len(earlier)):
            wrong(last["seq"], "the certificate is that of another case")
        rows = sorted((str(row.get("id")), str(row.get("sha256"))) for row in self.rows("documents", "documents"))
        text = "".join("%d %s\n" % (event["seq"], event["hash"]) for event in earlier) + "".join("%s %s\n" % row for row in rows)
        if data.get("digest") != sha256(text):
            wrong(last["seq"], "the certificate covers other events or documents")
        for path in self.paths("histories/"):
            wrong(path, "the case is destroyed, and a history is there")
        for path in self.paths("books/") + self.paths("models/"):
            if path.endswith(".json") and path != "models/messages.json" and self.rows(path[:-5], "destruction"):
                wrong(path, "the case is destroyed, and there are rows of it")
        self.leave("destruction", "the contents of the case are destroyed: what its events said can be read by nobody")

    def decided(self, named, kind):
        """The event by which a person decided, as the certificate names it."""
        if not isinstance(named, dict):
            return None
        for event in self.events:
            header = event["header"]
            said = (event["seq"], header["actor"].get("id"), header["recordedAt"])
            if said == (named.get("seq"), named.get("by"), named.get("at")) and header["type"] == kind and header["actor"].get("kind") == "person":
                return event
        return None

    def check_installations(self):
        """A chain passes from one installation to the next by case.handedAway and case.received, and ends in the manifest's."""
        redacted = self.manifest["redacted"] or self.destroyed
        before, given_to, since = None, None, 1
        for event in self.events:
            seq, header = event["seq"], event["header"]
            kind, own, data = header["type"], header["installation"], event["data"]
            if before is not None and (own != before["header"]["installation"] or kind == "case.received"):
                past = before["header"]["installation"]
                came = data.get("from") if isinstance(data.get("from"), dict) else {}
                follows = (came.get("installation"), came.get("seq"), came.get("head")) == (past, before["seq"], before["hash"])
                given = given_to is not None and (redacted or given_to == own)
                if kind != "case.received" or own == past or not given or not (redacted or follows):
                    self.find("chain", seq, "it is of another installation, and the case was not handed over there")
                self.leave("chain", "events %s-%s were recorded by another installation (%s): checkpoints of its log prove them" % (since, before["seq"], past))
                since = seq
            if kind == "case.handedAway":
                given_to = data.get("to", "") if not redacted else ""
            elif kind in ("case.takenBack", "case.received"):
                given_to = None
            before = event
        if before is not None and before["header"]["installation"] != self.manifest["installation"]:
            self.find("chain", before["seq"], "it is of another installation")

    def check_known(self, proved):
        if self.known is None and proved:
            return
        if self.known is None:
            self.leave("head", "no event was given that is known from elsewhere (--head): a chain rewritten as a whole, or cut at its end, cannot be found from the dossier alone")
            return
        seq, digest = self.known
        if not 1 <= seq <= len(self.events) or self.events[seq - 1]["hash"] != digest:
            self.find("head", seq, "it is not the event known from elsewhere")

    def check_programs(self):
        there = set(self.paths("program/"))
        for digest in {event["header"]["program"] for event in self.events if isinstance(event["header"]["program"], str)}:
            path = "program/%s.json" % digest
            data = self.archive.read(path)
            there.discard(path)
            if data is None:
                self.find("program", path, "the program that events name is missing")
            elif sha256(data) != digest:
                self.find("program", path, "the program is not the one of that hash")
        for path in there:
            self.find("program", path, "no event names this program")
        for event in self.events:
            if not isinstance(event["header"]["program"], str):
                self.find("program", event["seq"], "it names no program")

    # -- acts and documents

    def check_acts(self):
        if self.table("acts", "acts") is None:
            self.find("acts", "acts.json", "the table of acts is missing")
        covered, ids, unknown, again, woken = {}, set(), 0, 0, self.woken()
        for act in self.rows("acts", "acts"):
            name = str(act.get("act_id"))
            if name in ids:
                self.find("acts", name, "the act is there twice")
            ids.add(name)
            first, last = act.get("first_seq"), act.get("seq")
            if not isinstance(last, int) or last > len(self.events):
                self.find("acts", name, "the act is beyond the end of the chain")
                continue
            if act.get("status") != "recorded":
                if first is not None:
                    self.find("acts", name, "a refused act has no events")
                refusal = act.get("refusal")
                if isinstance(refusal, dict) and "unread" in refusal:
                    self.find("acts", name, "its refusal could not be read when the dossier was made: %s" % refusal["unread"])
                continue
            if first is None:
                continue
            covered[name] = (first, last)
            found_again = act.get("body_hash") == GENESIS
            if name in woken and act.get("type") not in woken[name] and not (found_again and act.get("type") not in OWN_EVENTS):
                self.find("acts", name, "it woke the workflow as an act of another type")
            for seq in range(first, last + 1):
                event = self.events[seq - 1] if 1 <= seq <= len(self.events) else None
                said = (act.get("actor_kind"), act.get("actor_id"), act.get("actor_post"), act.get("recorded_at"), name)
                if event is None or said != self.acted(event["header"]):
                    self.find("acts", name, "it is not what event %d says of it" % seq)
                    break
            own = self.events[max(first, 1) - 1:last]
            types = {event["header"]["type"] for event in own}
            dated = [own[0]["header"]["occurredAt"]] + ([own[-1]["header"]["occurredAt"]] if found_again else []) if own else []
            late = own and not (str(act.get("occurred_at")) <= dated[0]) and act.get("occurred_at") not in dated
            if late and not types.intersection(DATED_THEMSELVES):
                self.find("acts", name, "it is said to have happened after its first event")
            if found_again and act.get("type") in types:
                again += act.get("type") not in OWN_EVENTS
            elif act.get("type") not in OWN_EVENTS and not (act.get("type") in types and act.get("type") in KNOWN_EVENTS):
                unknown += 1
            elif not types.intersection(OWN_EVENTS.get(act["type"], ())):
                self.find("acts", name, "its type is not one that makes its events")
        if unknown:
            self.leave("acts", "%d acts are of types that are not known here" % unknown)
        if again:
            self.leave("acts", "%d acts were found again in histories and are called by their event" % again)
        for event in self.events:
            act = event["header"]["actId"]
            if act is not None:
                first, last = covered.get(act, (0, 0))
                if not first <= event["seq"] <= last:
                    self.find("acts", event["seq"], "its act is not recorded")

    def woken(self):
        """The types under which acts woke the workflow, as its histories name them."""
        types = {}
        for path in self.paths("histories/"):
            run = self.json(path, "histories")
            for each in (run.get("acts") if isinstance(run, dict) else None) or []:
                types.setdefault(str(each[0]), set()).add(each[1])
        return types

    @staticmethod
    def acted(header):
        actor = header["actor"]
        return (actor.get("kind"), actor.get("id"), actor.get("post"), header["recordedAt"], header["actId"])

    def check_documents(self):
        if self.table("documents", "documents") is None:
            self.find("documents", "documents.json", "the table of documents is missing")
        rows = self.rows("documents", "documents")
        if self.manifest["redacted"]:
            if self.paths("documents/"):
                self.find("documents", "documents/", "a redacted dossier has no documents")
            self.leave("documents", "a redacted dossier has no documents")
            return
        if self.destroyed:
            for path in self.paths("documents/") + [row.get("id") for row in rows if row.get("path") is not None]:
                self.find("documents", path, "the case is destroyed, and the document is there")
            return
        files = {each["path"]: each for each in self.manifest["files"]}
        digests, paths = {}, set()
        for row in rows:
            name = str(row.get("id"))
            if name in digests:
                self.find("documents", name, "a document is there twice")
            digests[name] = row.get("sha256")
            paths.add(row.get("path"))
            file = files.get(row.get("path"))
            if file is None:
                self.find("documents", name, "the document is not in the dossier")
            elif (file["sha256"], file["bytes"]) != (row.get("sha256"), row.get("size_bytes")):
                self.find("documents", name, "its bytes are not those that were kept")
        for path in self.paths("documents/"):
            if path not in paths:
                self.find("documents", path, "no row tells of this document")
        committed = set()
        for event in self.events:
            said = event["data"].get("digests")
            for name, digest in (said.items() if isinstance(said, dict) else ()):
                committed.add(name)
                if digests.get(name) != digest:
                    self.find("documents", name, "it is not what event %d commits to" % event["seq"])
            named = event["data"].get("evidence")
            named = list(named) if isinstance(named, list) else []
            if event["header"]["type"] == "document.attached" and isinstance(event["data"].get("documents"), list):
                named += event["data"]["documents"]
            for name in named:
                if str(name) not in digests:
                    self.find("documents", name, "event %d names it, and it has no row" % event["seq"])
        bare = len([name for name in digests if name not in committed])
        if bare:
            self.leave("documents", "the contents of %d documents are bound by the manifest alone" % bare)

    # -- books

    ENTRY = {"id": "id", "book": "book", "channel": "channel", "no": "no", "direction": "direction", "amount_fen": "amountFen",
             "balance_fen": "balanceFen", "source_doc": "sourceDoc", "occurred_date": "occurredDate", "text": "text", "payout": "payout",
             "reverses": "reverses"}
    LINE = {"text": "text", "account": "account", "side": "side", "amount_fen": "amountFen", "item": "item", "buyer": "buyer",
            "price_fen": "priceFen", "party": "party"}

    def check_books(self):
        for path in self.paths("books/"):
            if path.endswith(".csv"):
                table = self.table(path[:-4], "books")
                if table is None or self.archive.read(path) != csv_of(table):
                    self.find("books", path, "it does not say what the JSON of its name says")
        cash, vouchers, lines = (self.rows("books/" + name, "books") for name in ("cash_entries", "vouchers", "voucher_lines"))
        self.check_sums(cash, vouchers, lines)
        if self.destroyed:
            return
        if self.manifest["redacted"]:
            self.leave("books", "payloads are withheld: entries cannot be compared with events")
            return
        self.compare_entries("cash", cash)
        self.compare_entries("ledger", vouchers)
        self.compare_lines(lines)

    def compare_entries(self, side, rows):
        by_seq = {row.get("seq"): row for row in rows}
        told = set()
        for event in self.events:
            kind = event["header"]["type"]
            if kind not in (side + ".recorded", side + ".reversed"):
                continue
            told.add(event["seq"])
            entry = event["data"].get("entry")
            entry = entry if isinstance(entry, dict) else {}
            row = by_seq.get(event["seq"])
            if row is None:
                self.find("books", side, "the entry of event %d is missing" % event["seq"])
                continue
            for column, name in self.ENTRY.items():
                if not same(row.get(column), entry.get(name)):
                    self.find("books", "%s.%s" % (row.get("id"), column), "it is not what event %d tells" % event["seq"])
            by = entry.get("madeBy") or event["header"]["actor"].get("id")
            if row.get("recorded_by") != by or row.get("recorded_at") != event["header"]["recordedAt"]:
                self.find("books", row.get("id"), "by whom and when is not what event %d tells" % event["seq"])
            if kind.endswith(".reversed") != (row.get("reverses") is not None):
                self.find("books", row.get("id"), "red ink and event %d do not agree" % event["seq"])
        if len(rows) != len(told) or set(by_seq) != told:
            self.find("books", side, "there are entries that come from no event")

    def compare_lines(self, rows):
        by_key = {(row.get("voucher"), row.get("line")): row for row in rows}
        told = 0
        for event in self.events:
            if event["header"]["type"] not in ("ledger.recorded", "ledger.reversed"):
                continue
            entry = event["data"].get("entry") or {}
            for n, line in enumerate(entry.get("lines") or []):
                told += 1
                row = by_key.get((entry.get("id"), n + 1))
                if row is None:
                    self.find("books", "%s line %d" % (entry.get("id"), n + 1), "the line of event %d is missing" % event["seq"])
                    continue
                for column, name in self.LINE.items():
                    if not same(row.get(column), line.get(name)):
                        self.find("books", "%s line %d.%s" % (entry.get("id"), n + 1, column), "it is not what event %d tells" % event["seq"])
        if told != len(rows) or len(by_key) != len(rows):
            self.find("books", "voucher_lines", "there are lines that come from no event")

    def check_sums(self, cash, vouchers, lines):
        cash = sorted(cash, key=lambda row: row["no"])
        vouchers = sorted(vouchers, key=lambda row: (row["period"], row["no"]))
        for rows, by, least in ((cash, "channel", 0), (vouchers, "period", None)):
            numbers, balances = {}, {}
            for row in rows:
                key = (row["book"], row[by])
                numbers[key] = numbers.get(key, 0) + 1
                if row["no"] != numbers[key]:
                    self.find("books", row["id"], "its number leaves a gap")
                key = (row["book"], row["channel"])
                balances[key] = balances.get(key, 0) + (row["amount_fen"] if row["direction"] == "in" else -row["amount_fen"])
                if row["balance_fen"] != balances[key] or (least is not None and balances[key] < least):
                    self.find("books", row["id"], "its balance is not the sum of the entries so far")
        sides = {}
        for line in lines:
            count, debit, credit = sides.get(line["voucher"], (0, 0, 0))
            amount = line["amount_fen"]
            is_debit = line["side"] == "debit"
            sides[line["voucher"]] = (count + 1, debit + (amount if is_debit else 0), credit + (0 if is_debit else amount))
        for row in vouchers:
            if sides.get(row["id"], (0, 0, 0)) != (row["line_count"], row["total_fen"], row["total_fen"]):
                self.find("books", row["id"], "its lines do not balance, or are not as many as it says")

    # -- organisation

    def check_organisation(self):
        for name in ("units", "posts", "people", "appointments", "substitutions", "in_force"):
            if self.table("organisation/" + name, "organisation") is None:
                self.find("organisation", name, "the table is missing")
        held = {}
        for how in ("appointment", "substitution"):
            for row in self.rows("organisation/%ss" % how, "organisation"):
                held.setdefault((row["post"], row["person"]), []).append((how, row["from_at"], row["until_at"]))
        expected = []
        for event in self.events:
            header = event["header"]
            actor = header["actor"]
            if actor.get("kind") != "person" or actor.get("post") is None:
                continue
            at = header["recordedAt"]
            fits = [each for each in held.get((actor["post"], actor.get("id")), []) if each[1] <= at and (each[2] is None or each[2] > at)]
            expected.append([event["seq"], actor.get("id"), actor["post"]] + list(fits[0] if fits else (None, None, None)))
        table = self.table("organisation/in_force", "organisation") or {"columns": [], "rows": []}
        if table["rows"] != expected or table["columns"] != ["seq", "person", "post", "how", "from_at", "until_at"]:
            self.find("organisation", "in_force", "it does not follow from appointments and events")
        if self.manifest["redacted"]:
            self.leave("organisation", "a redacted dossier has no events of the organisation")
            return
        if "organisation/events.jsonl" not in self.archive.by_path:
            self.find("organisation", "organisation/events.jsonl", "the file is missing")
        before = None
        tenures = {"appointment": [], "substitution": []}
        names = {}
        for event in self.lines("organisation/events.jsonl", "organisation", False):
            header, data = event["header"], event["data"]
            if header["case"] != "organisation" or header["installation"] != self.manifest["installation"]:
                self.find("organisation", event["seq"], "it is no event of this organisation")
            if before is not None:
                if event["seq"] <= before["seq"]:
                    self.find("organisation", event["seq"], "events are out of order")
                elif event["seq"] == before["seq"] + 1 and header["prev"] != before["hash"]:
                    self.find("organisation", event["seq"], "it does not follow the event before it")
            before = event
            self.apply(header["type"], data, tenures, names)
            self.organisation.append(event)
        posts = {row["id"] for row in self.rows("organisation/posts", "organisation")}
        for how, told in tenures.items():
            rows = self.rows("organisation/%ss" % how, "organisation")
            there = sorted(([row["post"], row["person"], row["from_at"], row["until_at"] or ""] for row in rows))
            if there != sorted([post, person, start, until or ""] for post, person, start, until in told if post in posts):
                self.find("organisation", how, "it is not what the events of the organisation lead to")
        for table in ("post", "unit"):
            for row in self.rows("organisation/%ss" % table, "organisation"):
                if names.get((table, row["id"])) != [row["name_zh"], row["name_en"]]:
                    self.find("organisation", row["id"], "its name is not what the events lead to")

    @staticmethod
    def apply(kind, data, tenures, names):
        what, _, how = kind.partition(".")
        if what in ("post", "unit") and how in ("added", "renamed"):
            names[(what, data.get("id"))] = data.get("name")
        if what not in tenures:
            return
        rows = tenures[what]
        if how == "made":
            rows.append([data.get("post"), data.get("person"), data.get("from"), data.get("until")])
        elif how == "ended":
            for row in rows:
                runs = row[0] == data.get("post") and row[1] == data.get("person") and row[2] < data["until"]
                if runs and (row[3] is None or row[3] > data["until"]):
                    row[3] = data["until"]
        elif how == "withdrawn":
            for row in rows:
                if row[:3] == [data.get("post"), data.get("person"), data.get("from")]:
                    rows.remove(row)
                    break

    # -- histories

    def check_histories(self):
        paths = self.paths("histories/")
        if len(paths) != (self.manifest["histories"] or 0):
            self.find("histories", "histories", "there are not as many as the manifest says")
        recorded = {event["seq"]: event["hash"] for event in self.events}
        recorded[0] = GENESIS
        seen = set()
        runs = [(path, self.json(path, "histories")) for path in paths]
        # a run that was let go after a repair went on in another one, which names it
        followed = [run["previousRun"] for _, run in runs if isinstance(run, dict) and isinstance(run.get("previousRun"), str)]
        for path, run in runs:
            if run is None:
                continue
            if not isinstance(run, dict) or not all(isinstance(run.get(name), kind) for name, kind in (("start", dict), ("end", dict), ("events", list))):
                self.find("histories", path, "it is no history")
                continue
            for place in (run["start"], run["end"]):
                if recorded.get(place.get("seq")) != place.get("head"):
                    self.find("histories", path, "the workflow knows another event here, or one the record lacks")
            for event in run["events"]:
                header = event.get("header") or {}
                if recorded.get(header.get("seq")) != event.get("hash"):
                    self.find("histories", "%s %s" % (path, header.get("seq")), "the workflow knows another event here, or one the record lacks")
                seen.add(header.get("seq"))
                good = sha256(canonical(header)) == event.get("hash")
                if "payload" in event:
                    good = good and sha256(canonical(event["payload"])) == header.get("commitment")
                if not good:
                    self.find("histories", "%s %s" % (path, header.get("seq")), "it does not match its own hash")
            if run.get("frozen") is not False and not (run.get("frozen") is True and run.get("runId") in followed):
                self.find("histories", path, "the workflow has found the record behind and is frozen")
        without = len([event for event in self.events if event["seq"] not in seen])
        if without:
            self.leave("histories", "%d events lie in no history of this dossier" % without)

    def check_rest(self):
        state = self.json("state.json", "state")
        if not isinstance(state, dict) or state.get("v") != self.manifest["stateVersion"]:
            self.find("state", "state.json", "its version is not that of the manifest")
        page = self.archive.read("时间线.html") or b""
        mark = '<meta name="linli-code" content="%s">' % self.manifest["code"]
        if mark.encode("utf-8") not in page[:4096]:
            self.find("pages", "时间线.html", "it names another program code than the manifest")
        for path in self.paths("models/"):
            self.table(path[:-5], "read models")
        self.leave("state", "state and read models need the engine: linli dossier verify compares them")
        self.leave("pages", "page, PDF and README are bound by the manifest alone: linli dossier verify compares them")

    def check_proofs(self):
        """Answers whether a checkpoint signed by the key from elsewhere knows the chain."""
        paths = self.paths("proofs/")
        if [path for path in paths if path not in ("proofs/head.json", "proofs/organisation.json")]:
            self.leave("proofs", "there are files of proofs of no kind known here")
        if "proofs/head.json" not in paths:
            self.leave("proofs", "there is no checkpoint in the dossier")
            return False
        proof = self.json("proofs/head.json", "proofs")
        if proof is None:
            return False
        seq, digest, number, count = (proof[name] for name in ("seq", "hash", "number", "count"))
        if proof["chain"] != self.manifest["case"] or not 1 <= seq <= len(self.events) or self.events[seq - 1]["hash"] != digest:
            self.find("proofs", "proofs/head.json", "the chain had another event here when the checkpoint was signed")
            return False
        text, signatures = text_of(proof["checkpoint"]), proof["checkpoint"].rpartition("\n\n")[2]
        lines = text.split("\n")
        heads = [line.split(" ") for line in lines[3:] if line.startswith("heads ")]
        leaf = hashlib.sha256(b"\0" + ("%s %d %s\n" % (proof["chain"], seq, digest)).encode("utf-8")).digest()
        root = root_from(leaf, number, count, [bytes.fromhex(each) for each in proof["path"]])
        good = lines[0] == "linli/" + self.manifest["installation"] and len(heads) == 1 and heads[0][1] == str(count)
        if not good or root is None or base64.b64encode(root).decode() != heads[0][2]:
            self.find("proofs", "proofs/head.json", "the proof does not lead to the checkpoint")
            return False
        self.tree = (int(lines[1]), base64.b64decode(lines[2]))
        if seq < len(self.events):
            self.leave("proofs", "%d events are later than the checkpoint" % (len(self.events) - seq))
        kept = False
        if self.witness is not None:
            said = said_by(self.witness, text)
            if said == "against":
                self.find("proofs", "proofs/head.json", "what the witness has kept contradicts this checkpoint: there cannot be both in one log")
                return False
            kept = said == "kept"
            if not kept:
                self.leave("proofs", "the checkpoint is not proven by this witness: " + said)
        if self.key is None:
            if not kept:
                self.leave("proofs", "the signature of the checkpoint was not checked: neither the log's key was given (--key) nor what a witness has kept (--witness)")
            return kept
        return self.check_signature(text, lines[0], signatures) or kept

    def check_organisation_proofs(self):
        """The organisation's events lie in the log that the checkpoint signs; those after the last proved may be later than it."""
        path = "proofs/organisation.json"
        proof = self.json(path, "proofs") if self.tree is not None and path in self.archive.by_path else None
        proved = {each["seq"]: each for each in proof["events"]} if proof else {}
        last = max(proved, default=0)
        for event in self.organisation:
            if event["seq"] > last:
                continue
            each = proved.get(event["seq"])
            leaf = hashlib.sha256(b"\0" + bytes.fromhex(event["hash"])).digest()
            if each is None or root_from(leaf, each["position"], self.tree[0], [bytes.fromhex(one) for one in each["path"]]) != self.tree[1]:
                self.find("organisation", event["seq"], "it is not in the log that the checkpoint signs")
        bare = len([event for event in self.organisation if event["seq"] > last])
        if bare:
            self.leave("organisation", "%d events of the organisation are bound by the manifest alone: no checkpoint proves them" % bare)
        else:
            self.leave("organisation", "whether events of the organisation were left out cannot be found from the dossier")

    def check_signature(self, text, origin, signatures):
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        except ImportError:
            self.leave("proofs", "the signature of the checkpoint was not checked: the Python package cryptography is missing")
            return False
        name, key_id, encoded = self.key.split("+", 2)
        public = base64.b64decode(encoded)
        for line in signatures.split("\n"):
            match = re.match("\u2014 ([^ +]+) ([A-Za-z0-9+/]+={0,2})\\Z", line)
            data = base64.b64decode(match.group(2)) if match else b""
            if not match or match.group(1) != name or data[:4].hex() != key_id:
                continue
            try:
                Ed25519PublicKey.from_public_bytes(public[1:]).verify(data[4:], text.encode("utf-8"))
            except InvalidSignature:
                break
            if name == origin and public[0] == 1:
                return True
        self.find("proofs", "proofs/head.json", "the key that was given has not signed the checkpoint")
        return False


def root_from(leaf, index, size, path):
    """The root an inclusion proof leads to (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    at, last, root = index, size - 1, leaf
    for each in path:
        if last == 0 or len(each) != 32:
            return None
        if at % 2 == 1 or at == last:
            root = hashlib.sha256(b"\1" + each + root).digest()
            while at % 2 == 0 and at != 0:
                at, last = at // 2, last // 2
        else:
            root = hashlib.sha256(b"\1" + root + each).digest()
        at, last = at // 2, last // 2
    return root if last == 0 else None


def text_of(note):
    """The signed text of a note."""
    return note.rpartition("\n\n")[0] + "\n"


def tree_in(text):
    """What a checkpoint says: origin, size, its two roots, and when; None where it is no checkpoint."""
    lines = text.split("\n")
    said = [[line[6:] for line in lines[3:] if line.startswith("heads ")], [line[5:] for line in lines[3:] if line.startswith("time ")]]
    if len(lines) < 3 or [len(each) for each in said] != [1, 1] or not re.match(r"\d+\Z", lines[1], re.ASCII):
        return None
    return {"origin": lines[0], "size": int(lines[1]), "roots": (lines[2], said[0][0]), "at": said[1][0]}


def said_by(texts, text):
    """What a witness says of a checkpoint: "kept", "against", or why he proves nothing. He keeps each from his first on."""
    mine = tree_in(text)
    if text in texts:
        return "kept"
    kept = [each for each in map(tree_in, texts) if each is not None and mine is not None and each["origin"] == mine["origin"]]
    if not kept:
        return "he has kept none of this installation"
    for each in kept:
        before, after = (each, mine) if each["at"] <= mine["at"] else (mine, each)
        if before["size"] == after["size"]:
            good = before["roots"] == after["roots"]
        else:
            good = before["size"] < after["size"] and before["at"] < after["at"]
        if not good:
            return "against"
    if all(each["at"] > mine["at"] for each in kept):
        return "it is earlier than the first that he has kept"
    if all(each["at"] < mine["at"] for each in kept):
        return "it is later than all that he has kept"
    return "against"


def kept_by(folder):
    """The texts of all notes in the folder of a witness, which holds a file of lines of JSON for each month."""
    open(os.path.join(folder, "keys.jsonl"), "rb").close()
    texts = set()
    names = [name for name in os.listdir(folder) if re.match(r"checkpoints-\d{4}-\d\d\.jsonl\Z", name)]
    for name in names:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            for line in file:
                try:
                    texts.add(text_of(parse(line)["note"]))
                except (ValueError, KeyError, TypeError):
                    pass  # what a crash left of a line
    return texts


def ms_of(instant):
    """Milliseconds of an instant of a header; of one that is none, nothing that could be over."""
    if not isinstance(instant, str) or not INSTANT.match(instant):
        return 0
    try:
        at = datetime.datetime.strptime(instant[:-1] + "000", "%Y-%m-%dT%H:%M:%S.%f")
    except ValueError:
        return 0
    return (at - datetime.datetime(1970, 1, 1)) // datetime.timedelta(milliseconds=1)


def same(a, b):
    """The same JSON value: true is not 1."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


BLANK = "\\x00-\\x20\\x7f-\\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
FORMULA = re.compile("'*(?:[\t\r\n\0]|[%s]*[=+\\-@\uff1d\uff0b\uff0d\uff20])" % BLANK)


def csv_of(table):
    rows = [table["columns"]] + table["rows"]
    return ("\ufeff" + "".join(",".join(csv_cell(each) for each in row) + "\r\n" for row in rows)).encode("utf-8")


def csv_cell(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    text = value if isinstance(value, str) else canonical(value)
    if FORMULA.match(text):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"'


def verify(name, known=None, key=None, witness=None):
    """Verifies one file; answers the verdict as an object."""
    archive = None
    verifier = Verifier(None, known, key, witness)
    try:
        archive = verifier.archive = Archive(name)
        verifier.run()
    except Broken as problem:
        verifier.find("archive", "zip", str(problem))
    except OSError:
        raise
    except Exception as problem:  # what is so far from its form that a check fell over it does not hold
        verifier.find("manifest", "dossier", "it is not of the documented form: %r" % (problem,))
    finally:
        if archive:
            archive.close()
    manifest = verifier.manifest
    return {
        "file": name, "holds": verifier.total == 0, "case": manifest.get("case"), "redacted": manifest.get("redacted"),
        "seq": manifest.get("seq"), "head": manifest.get("head"), "events": len(verifier.events), "total": verifier.total,
        "findings": verifier.found, "unchecked": verifier.unchecked,
    }


def main(arguments):
    as_json, known, key, witness, files = False, None, None, None, []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--json":
            as_json = True
        elif word == "--head" and rest:
            match = re.match(r"(\d{1,15}):([0-9a-f]{64})\Z", rest.pop(0), re.ASCII)
            if not match:
                return usage()
            known = (int(match.group(1)), match.group(2))
        elif word == "--key" and rest:
            key = rest.pop(0)
            if not re.match(r"[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}\Z", key):
                return usage()
        elif word == "--witness" and rest:
            try:
                witness = kept_by(rest.pop(0))
            except OSError as problem:
                sys.stderr.write("not the folder of a witness: %s\n" % problem)
                return 2
        elif word.startswith("-") and word != "-":
            return usage()
        else:
            files.append(word)
    if not files:
        return usage()
    holds = True
    for name in files:
        try:
            verdict = verify(name, known, key, witness)
        except OSError as problem:
            sys.stderr.write("%s: %s\n" % (name, problem.strerror))
            return 2
        holds = holds and verdict["holds"]
        if as_json:
            print(json.dumps(verdict, ensure_ascii=True))
            continue
        for each in verdict["findings"]:
            print("✗ %(rule)s: %(where)s: %(what)s" % each)
        for each in verdict["unchecked"]:
            print("? %(rule)s: %(why)s" % each)
        word = "✓ 案卷成立 the dossier holds" if verdict["holds"] else "✗ 案卷不成立 the dossier does not hold"
        print("%s: %d events; event %s %s" % (word, verdict["events"], verdict["seq"], verdict["head"]))
    return 0 if holds else 1


def usage():
    sys.stderr.write(__doc__ + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
