# SPDX-License-Identifier: MIT
"""
The diagnosis: whether typing works in this session, and how to fix it if not.

`facts` has what is looked at, as plain data; `observe` looks at environment, processes and buses; `findings` judges the
facts.
"""
