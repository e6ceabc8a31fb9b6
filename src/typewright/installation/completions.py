# SPDX-License-Identifier: MIT
"""Completions of the command line for bash, zsh and fish: commands, options, and the values of options with choices."""

from __future__ import annotations

from collections.abc import Iterator

from typewright.installation.command_line import Argument, Command

_MADE = "# SPDX-License-Identifier: MIT\n# Made by `typewright setup` from the command line.\n"
_FILES = ("FILE", "DIRECTORY")


def bash(program: Command) -> str:
    """Return the completion for bash; it needs no package of completions."""
    cases = "\n".join(_bash_cases(program))
    commands = " ".join(command.name for command in program.commands)
    return f"""{_MADE}
_typewright() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command= each words=
    for each in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case $each in
            -*) ;;
            *) command=$each; break ;;
        esac
    done
    case $command:$before in
{cases}
        :*) words="{_flags(program)} {commands}" ;;
    esac
    COMPREPLY=()
    while IFS= read -r each; do COMPREPLY+=("$each"); done < <(compgen -W "$words" -- "$word")
}}
complete -o default -F _typewright typewright
"""


def _bash_cases(program: Command) -> Iterator[str]:
    for command in program.commands:
        for option in command.options:
            for flag in option.flags:
                if option.choices:
                    yield f'        {command.name}:{flag}) words="{" ".join(option.choices)}" ;;'
                elif option.value:
                    yield f"        {command.name}:{flag}) return ;;"
        positional = " ".join(choice for argument in command.positionals for choice in argument.choices)
        yield f'        {command.name}:*) words="{f"{_flags(command)} {positional}".strip()}" ;;'


def zsh(program: Command) -> str:
    """Return the completion for zsh, a function to be found on its `fpath`."""
    commands = "\n".join(f"        {_quoted(f'{_zsh_plain(each.name)}:{each.help}')}" for each in program.commands)
    cases = "\n".join(_zsh_cases(program))
    options = " ".join(_zsh_option(option) for option in program.options)
    return f"""#compdef typewright
{_MADE}
_typewright() {{
    local context state state_descr line
    typeset -A opt_args
    local -a commands=(
{commands}
    )
    _arguments -C {options} '1: :->command' '*:: :->arguments' && return
    case $state in
        command) _describe command commands ;;
        arguments)
            case $words[1] in
{cases}
            esac
            ;;
    esac
}}

if [[ $funcstack[1] == _typewright ]]; then _typewright "$@"; else compdef _typewright typewright; fi
"""


def _zsh_cases(program: Command) -> Iterator[str]:
    for command in program.commands:
        specs = [_zsh_option(option) for option in command.options]
        specs += [_zsh_positional(argument) for argument in command.positionals]
        yield f"                {command.name}) _arguments {' '.join(specs)} ;;"


def _zsh_option(option: Argument) -> str:
    flags = option.flags[0] if len(option.flags) == 1 else f"{{{','.join(option.flags)}}}"
    text = f"[{_zsh_plain(option.help).replace('[', '(').replace(']', ')')}]"
    value = f":{_zsh_plain(option.value)}:{_zsh_values(option)}" if option.value else ""
    # Braces expand outside of quotes only.
    return flags + _quoted(text + value)


def _zsh_positional(argument: Argument) -> str:
    return _quoted(f"{'*' if argument.repeated else ''}:{_zsh_plain(argument.value)}:{_zsh_values(argument)}")


def _zsh_values(argument: Argument) -> str:
    if argument.choices:
        return f"({' '.join(argument.choices)})"
    return "_files" if argument.value in _FILES else ""


def _zsh_plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", "\\:")


def fish(program: Command) -> str:
    """Return the completion for fish."""
    return _MADE + "\ncomplete -c typewright -f\n" + "".join(f"complete -c typewright {line}\n" for line in _fish(program))


def _fish(program: Command) -> Iterator[str]:
    first = "-n __fish_use_subcommand"
    yield from (f"{first} {_fish_option(option)}" for option in program.options)
    for command in program.commands:
        yield f"{first} -a {command.name} -d {_quoted(command.help)}"
        within = f"-n '__fish_seen_subcommand_from {command.name}'"
        yield from (f"{within} {_fish_option(option)}" for option in command.options)
        for argument in command.positionals:
            if argument.choices:
                yield f"{within} -a {_quoted(' '.join(argument.choices))}"
            elif argument.value in _FILES:
                yield f"{within} -F"


def _fish_option(option: Argument) -> str:
    flags = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags)
    value = ""
    if option.choices:
        value = f" -x -a {_quoted(' '.join(option.choices))}"
    elif option.value:
        value = " -r -F" if option.value in _FILES else " -x"
    return f"{flags}{value} -d {_quoted(option.help)}"


def _flags(command: Command) -> str:
    return " ".join(flag for option in command.options for flag in option.flags)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
