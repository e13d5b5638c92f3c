"""Tests of datagit.diff."""
