"""Tests of datagit.objects."""
