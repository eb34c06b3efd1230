// filled in by the steps that follow
