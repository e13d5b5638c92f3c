"""Combine histories: merge bases, the three-way rule, trees and text; reads, never writes."""
