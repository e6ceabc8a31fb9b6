# SPDX-License-Identifier: MIT
"""What several backends need, and none of them owns."""
