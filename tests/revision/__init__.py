"""Tests of datagit.revision."""
