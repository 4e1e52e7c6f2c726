"""Training one network, whoever runs it: the parts that engines share."""
