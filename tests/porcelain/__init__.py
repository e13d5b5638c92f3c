"""Tests of datagit.porcelain."""
