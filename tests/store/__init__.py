"""Tests of datagit.store."""
