"""From finds to facts: which site stands where, what happened where and when, and which facts are one."""
