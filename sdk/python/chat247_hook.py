"""Reads and changes a site by its domain; the keys are in the section ``[chat247]`` of ``config.ini``.

    python chat247_hook.py get acme.com
    python chat247_hook.py set acme.com primaryColor=#abe300
"""

from __future__ import annotations

import configparser
import json
import os
import sys
from pathlib import Path
from typing import Any

from chat247 import Chat247, ParlanceError

SECTION = "chat247"
#: Fields whose values are not texts.
TYPED = {"businessHours", "enabled", "resetStarterPrompt", "aiReplyDelaySec", "glowColor", "ttsSpeed"}


class HookError(Exception):
    """The configuration does not say what is needed."""


def config_path() -> Path:
    """``CHAT247_CONFIG``, or ``config.ini`` here, or beside this file."""
    named = os.environ.get("CHAT247_CONFIG")
    if named:
        return Path(named)
    here = Path("config.ini")
    return here if here.exists() else Path(__file__).with_name("config.ini")


def _section() -> configparser.SectionProxy:
    path = config_path()
    # Only "=" parts a name from its value, and a "%" or "#" in one is itself.
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    if not parser.read(path, encoding="utf-8"):
        raise HookError(f"{path} cannot be read")
    if SECTION not in parser:
        raise HookError(f"{path} has no section [{SECTION}]")
    return parser[SECTION]


def client(domain: str) -> Chat247:
    """The client of the site with this domain."""
    section = _section()
    if key := section.get(domain):
        return Chat247(key, section.get("base_url"))
    if not (key := section.get("api_key")):
        raise HookError(f"{config_path()} has no key for {domain} in [{SECTION}]")
    # This key names no domain: what is meant for one site must not change another.
    site = Chat247(key, section.get("base_url"))
    try:
        own = site.get_site().get("domain")
        if own != domain:
            raise HookError(f"the api_key in {config_path()} is that of {own or 'a site without a domain'}, not of {domain}")
    except Exception:
        site.close()
        raise
    return site


def get_site(domain: str) -> dict[str, Any]:
    """The whole configuration of a site."""
    with client(domain) as site:
        return site.get_site()


def update_site(domain: str, **fields: Any) -> dict[str, Any]:
    """Changes fields of a site; gives it as it is then."""
    with client(domain) as site:
        return site.update_site(fields)


def _field(argument: str) -> tuple[str, Any]:
    name, separator, text = argument.partition("=")
    if not separator or not name:
        raise HookError(f"{argument!r} is not of the form field=value")
    if name not in TYPED:
        return name, text
    try:
        return name, json.loads(text)
    except ValueError:
        return name, text


USAGE = "usage: chat247_hook.py get DOMAIN\n       chat247_hook.py set DOMAIN field=value …"


def main(arguments: list[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        match arguments:
            case ["get", domain]:
                site = get_site(domain)
            case ["set", domain, first, *rest]:
                site = update_site(domain, **dict(_field(argument) for argument in [first, *rest]))
            case _:
                print(USAGE, file=sys.stderr)
                return 2
    except ParlanceError as error:
        print(f"{error.code or error.status or 'error'}: {error.message}", file=sys.stderr)
        return 1
    except HookError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(site, indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
