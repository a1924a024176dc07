"""Interprets the text around formulas: what symbols mean, where a formula holds, and which quantity a display states.

Phrases are parsed, not searched. Each decision is a record with its words and how sure it is (`choices`), and nothing after this
package looks at words.
"""
