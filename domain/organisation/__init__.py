"""Records of the organisation itself: the seal of its access log, its counsel's word, and papers that it erased."""
