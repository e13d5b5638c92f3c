"""Tests of datagit.ui."""
