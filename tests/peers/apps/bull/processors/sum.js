module.exports = async (job) => job.data.reduce((sum, n) => sum + n, 0);
