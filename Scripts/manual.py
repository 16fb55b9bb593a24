"""Writes the manual pages of an executable from what it says about its own commands.

    python3 Scripts/manual.py ASCENT FOLDER

FOLDER receives ascent.1 and a page for each command, such as ascent-train.1. The texts are those of `--help`
(`ascent --experimental-dump-help`), and the exit codes those of `ascent help exit-codes`.
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

def asked(ascent, *arguments):
    return subprocess.run([ascent, *arguments], check=True, capture_output=True, text=True).stdout


def roff(text):
    """The text with what roff would act on escaped."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def paragraphs(text):
    """The lines of a description; lines that are indented, and those after an empty line, keep their place."""
    lines, filled = [], True
    for line in text.strip("\n").split("\n"):
        is_indented = line.startswith((" ", "\t"))
        if not line.strip():
            lines.append(".PP")
        elif is_indented and filled:
            lines += [".EX", roff(line)]
        elif not is_indented and not filled:
            lines += [".EE", roff(line)]
        else:
            lines.append(roff(line))
        if line.strip():
            filled = not is_indented
    return lines + ([] if filled else [".EE"])


def name_of(option):
    return ("-" if option["kind"] == "short" else "--") + option["name"]


def shown(command):
    return [argument for argument in command.get("arguments", []) if argument.get("shouldDisplay")]


def subcommands(command):
    """The commands of a command; the parser adds a second `help` behind Ascent's own."""
    subs = [sub for sub in command.get("subcommands", []) if sub.get("shouldDisplay")]
    return list({sub["commandName"]: sub for sub in reversed(subs)}.values())[::-1]


def with_value(argument):
    names = ", ".join(f"\\fB{roff(name_of(name))}\\fR" for name in argument["names"])
    return names if argument["kind"] == "flag" else f"{names} \\fI{roff(argument.get('valueName', 'value'))}\\fR"


def synopsis(command, call):
    parts = [f"\\fB{roff(call)}\\fR"]
    for argument in shown(command):
        if argument["kind"] == "positional":
            text = f"\\fI{roff(argument['valueName'])}\\fR" + ("..." if argument["isRepeating"] else "")
        elif argument["isOptional"]:
            continue
        else:
            text = with_value(argument)
        parts.append(f"[{text}]" if argument["isOptional"] else text)
    if any(argument["kind"] != "positional" and argument["isOptional"] for argument in shown(command)):
        parts.append("[\\fIoptions\\fR]")
    return " ".join(parts) + (" \\fIcommand\\fR" if subcommands(command) else "")


def described(argument):
    text = argument.get("abstract", "")
    if argument.get("discussion"):
        text += "\n" + argument["discussion"]
    values = argument.get("allValues") or []
    if values and not all(value in text for value in values):
        text += f" One of {', '.join(values)}."
    if "defaultValue" in argument and "[default" not in text:
        text += f" [default: {argument['defaultValue']}]"
    return roff(text)


def page(command, call, date, version, codes, related):
    title = call.replace(" ", "-")
    abstract = command.get("abstract", "")
    lines = [
        f'.TH "{roff(title.upper())}" 1 "{date}" "ascent {roff(version)}" "Ascent"',
        ".SH NAME", f"{roff(title)} \\- {roff(abstract[:1].lower() + abstract[1:].rstrip('.'))}",
        ".SH SYNOPSIS", synopsis(command, call),
    ]  # fmt: skip
    if command.get("discussion"):
        lines += [".SH DESCRIPTION", *paragraphs(command["discussion"])]
    positionals = [argument for argument in shown(command) if argument["kind"] == "positional"]
    options = [argument for argument in shown(command) if argument["kind"] != "positional"]
    if positionals:
        lines.append(".SH ARGUMENTS")
        for argument in positionals:
            lines += [".TP", f"\\fI{roff(argument['valueName'])}\\fR", described(argument)]
    if subcommands(command):
        lines.append(".SH COMMANDS")
        for sub in subcommands(command):
            lines += [".TP", f"\\fB{roff(sub['commandName'])}\\fR", roff(sub.get("abstract", ""))]
    if options:
        lines.append(".SH OPTIONS")
        for argument in options:
            lines += [".TP", with_value(argument), described(argument)]
    lines.append(".SH EXIT STATUS")
    for code in codes:
        lines += [".TP", f"\\fB{code['code']}\\fR", roff(code["meaning"])]
    lines += [".SH SEE ALSO", ",\n".join(f"\\fB{roff(name)}\\fR(1)" for name in related if name != title)]
    return "\n".join(lines) + "\n"


def date_of_build():
    """The day of SOURCE_DATE_EPOCH, if a packager sets it, else today."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.datetime.now(datetime.timezone.utc)
    return (datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc) if seconds else now).date().isoformat()


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    ascent, folder = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    root = json.loads(asked(ascent, "--experimental-dump-help"))["command"]
    codes = [json.loads(line) for line in asked(ascent, "help", "exit-codes", "--json").splitlines()]
    version, date = asked(ascent, "--version").strip(), date_of_build()
    pages = {root["commandName"]: (root, root["commandName"])}
    for sub in subcommands(root):
        pages[f"{root['commandName']}-{sub['commandName']}"] = (sub, f"{root['commandName']} {sub['commandName']}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, (command, call) in pages.items():
        text = page(command, call, date, version, codes, list(pages))
        if not re.search(r"^\.SH OPTIONS$", text, re.M):
            sys.exit(f"ascent: the page of {call} has no options; does {ascent} answer --experimental-dump-help?")
        (folder / f"{name}.1").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
