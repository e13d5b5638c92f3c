"""Tests of datagit.config."""
