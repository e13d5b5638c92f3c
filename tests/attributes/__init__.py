"""Tests of datagit.attributes."""
