"""Tests of datagit.worktree."""
