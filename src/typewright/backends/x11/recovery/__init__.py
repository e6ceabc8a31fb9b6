# SPDX-License-Identifier: MIT
"""Restoring the keyboard after a service that died: by the guardian, by the next service, or by `typewright sweep`."""
