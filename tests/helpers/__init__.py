# SPDX-License-Identifier: MIT
"""What several tests need, and is no test."""
