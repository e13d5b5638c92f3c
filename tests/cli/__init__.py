"""Tests of datagit.cli."""
