"""Tests of datagit.storage."""
