# SPDX-License-Identifier: MIT
"""
Answers for a LibreOffice Writer, over its UNO interface, as `answers.py` describes. Argument: the name of its pipe.

Run by the system's Python, which has LibreOffice's module.
"""

import json
import sys
import time

import uno
from com.sun.star.connection import NoConnectException

local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
while True:
    try:
        context = resolver.resolve(f"uno:pipe,name={sys.argv[1]};urp;StarOffice.ComponentContext")
        break
    except NoConnectException:
        time.sleep(0.1)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
while desktop.getCurrentComponent() is None:
    time.sleep(0.1)
document = desktop.getCurrentComponent()
frame = document.getCurrentController().getFrame()


def text():
    return document.getText().getString()


def answer(request):
    word, *count = request.split()
    if word == "clear":
        document.getText().setString("")
    elif word == "focused":
        return bool(frame.isActive())
    else:
        got = text()
        while len(got) < int(count[0]) and not got.endswith("|"):
            time.sleep(0.05)
            got = text()
        return got
    return ""


for line in sys.stdin:
    print(json.dumps(answer(line)), flush=True)
