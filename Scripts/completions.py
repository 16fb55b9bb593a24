"""Writes the completions of an executable for bash, zsh and fish.

    python3 Scripts/completions.py ASCENT FOLDER

FOLDER receives ascent.bash, _ascent (zsh) and ascent.fish: what `ascent --generate-completion-script` prints, with two
additions. Bash splits words at `=` and `:`, which settings and environments contain, so that a function joins them
again. After a value that goes on, such as `algorithm.rate=`, bash and zsh add no space.
"""

import os
import pathlib
import re
import subprocess
import sys

BASH_END = "complete -o filenames -F _ascent ascent\n"
BASH_JOINING = r"""
# Completes like _ascent, whose words are split at blanks only: bash also splits at = and :.
_ascent_joined() {
    local line="${COMP_LINE:0:COMP_POINT}" word rest
    local -a joined=()
    local -i index
    for ((index = 0; index <= COMP_CWORD; index++)); do
        rest="${line#"${line%%[![:space:]]*}"}"
        word="${COMP_WORDS[index]}"
        # The word of the cursor ends at the cursor.
        ((index < COMP_CWORD)) || word="${rest}"
        if [[ "${#joined[@]}" -gt 0 && -n "${line}${word}" && "${rest}" = "${line}" ]] ||
            [[ "${#joined[@]}" -gt 0 && -z "${line}" ]]; then
            joined[${#joined[@]} - 1]+="${word}"
        else
            joined+=("${word}")
        fi
        line="${rest#"${word}"}"
    done
    local -a COMP_WORDS=("${joined[@]}")
    local -i COMP_CWORD="$((${#joined[@]} - 1))"
    local cur="${joined[COMP_CWORD]}"
    _ascent "${1}" "${cur}" "${joined[COMP_CWORD - 1]}"

    # Bash replaces only what follows the last = or :, and would escape both in the name of a file.
    local left=''
    [[ "${COMP_WORDBREAKS}" != *[=:]* ]] || left="${cur%"${cur##*[=:]}"}"
    local reply
    for reply in "${COMPREPLY[@]}"; do
        if [[ "${reply}" = *[=:]* ]]; then
            compopt +o filenames 2>/dev/null
            break
        fi
    done
    [[ "${#COMPREPLY[@]}" -ne 1 || "${COMPREPLY[0]}" != *[=/] ]] || compopt -o nospace 2>/dev/null
    COMPREPLY=("${COMPREPLY[@]#"${left}"}")
}

complete -o filenames -F _ascent_joined ascent
"""
ZSH_OFFER = "    _describe -V '' non_empty_completions -- empty_completions -P $'\\'\\''\n"
ZSH_GOING_ON = """\
    # What goes on after = or / gets no space.
    local -ar going_on=("${(@M)non_empty_completions:#*[=/](|:*)}")
    local -ar finished=("${(@)non_empty_completions:#*[=/](|:*)}")
    _describe -V '' finished -- going_on -S '' -- empty_completions -P $'\\'\\''
"""


def without_second_help(text):
    """The script without the parser's own command `help`, whose function would replace that of Ascent's."""
    parts = re.split(r"^(?=\w+\(\) \{$)", text, flags=re.M)
    heads = [part.partition("\n")[0] for part in parts]
    kept = []
    for index, (head, part) in enumerate(zip(heads, parts)):
        if index > 0 and head in heads[:index]:
            part = part[part.index("\n}\n") + len("\n}\n") :]
        kept.append(part)
    lines = [line for line in "".join(kept).split("\n") if "Show subcommand help information." not in line]
    return "\n".join(lines).replace("|help|help)", "|help)").replace(" help help'", " help'")


def replaced(text, old, new, shell):
    if text.count(old) != 1:
        sys.exit(f"ascent: the completions for {shell} have another form than Scripts/completions.py knows: {old.strip()}")
    return text.replace(old, new)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    ascent, folder = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])

    def generated(shell):
        command = [ascent, "--generate-completion-script", shell]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout.rstrip("\n") + "\n"
        return without_second_help(text)

    folder.mkdir(parents=True, exist_ok=True)
    scripts = {
        "ascent.bash": replaced(generated("bash"), BASH_END, BASH_JOINING.lstrip("\n"), "bash"),
        "_ascent": replaced(generated("zsh"), ZSH_OFFER, ZSH_GOING_ON, "zsh"),
        "ascent.fish": generated("fish"),
    }
    for name, text in scripts.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
